with

    events as (
        select occurred_at, event_kind, summary, event_count, source_table, source_id
        from {{ ref("int_subject_events") }}
        where account_id = $account_id
        union all
        select
            first_at,
            'requested',
            concat_ws(
                ', ',
                surface,
                coalesce(task_label, 'no label'),
                case when refused_count > 0 then refused_count || ' refused' end
            ),
            request_count,
            'requests',
            first_request_id
        from {{ ref("int_request_days") }}
        where account_id = $account_id
    )

select occurred_at, event_kind, summary, event_count, source_table, source_id
from events
where
    occurred_at >= $since
    and occurred_at < $until
    and ($event_kind is null or event_kind = $event_kind)
order by occurred_at, event_kind, source_table, source_id
limit $limit
