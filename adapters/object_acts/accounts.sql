-- Such a table has no accounts of its own: one is taken to begin with its first act.
with

    named as (
        select
            source_line,
            nullif(coalesce(*columns('^(account_id|account)$'))::varchar, '') as account_id,
            coalesce(*columns('^(occurred_at|time)$'))::varchar as written_at
        from input
    ),

    timed as (
        select
            source_line,
            account_id,
            coalesce(
                to_timestamp(try_cast(written_at as double)), try_cast(written_at as timestamptz)
            ) as occurred_at
        from named
    )

select
    source_line,
    account_id,
    occurred_at as created_at,
    'active' as status,
    'api' as surface_signup,
    'unknown' as age_band,
    'none' as verification,
    occurred_at as recorded_at,
    'object_acts' as source_system
from timed
where account_id is not null and occurred_at is not null
qualify row_number() over (partition by account_id order by occurred_at, source_line) = 1
