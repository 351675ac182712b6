-- A content may act on several objects, so an act is named by both. Without a content each row is one,
-- named by what it holds, so that a file that is sent again adds nothing.
with

    named as (
        select
            source_line,
            nullif(coalesce(*columns('^(account_id|account)$'))::varchar, '') as account_id,
            nullif(coalesce(*columns('^(object_id|object)$'))::varchar, '') as object_id,
            coalesce(*columns('^(occurred_at|time)$'))::varchar as written_at,
            nullif(coalesce(*columns('^(content_id|no_content)$'))::varchar, '') as content_id
        from (select *, null::varchar as no_content from input) as rows_with_no_content
    ),

    acts as (
        select
            source_line,
            account_id,
            object_id,
            coalesce(to_timestamp(try_cast(written_at as double))::varchar, written_at) as occurred_at,
            coalesce(
                content_id,
                md5(json_array(account_id, object_id, written_at)::varchar)
                || '-'
                || row_number() over (partition by account_id, object_id, written_at order by source_line)
            ) as content_id
        from named
    )

select
    source_line,
    content_id || ':' || object_id as request_id,
    occurred_at,
    'api' as surface,
    account_id,
    content_id as conversation_id,
    'unknown' as model_version,
    0 as input_tokens,
    0 as output_tokens,
    0 as tool_calls,
    200 as status,
    object_id as template_hash,
    false as refused,
    occurred_at as recorded_at,
    'object_acts' as source_system
from acts
