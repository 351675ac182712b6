select occurred_at, event_kind, summary, event_count, source_table, source_id
from {{ ref("int_subject_events") }}
where
    account_id = $account_id
    and occurred_at >= $since
    and occurred_at < $until
    and ($event_kind is null or event_kind = $event_kind)
order by occurred_at, event_kind, source_table, source_id
limit $limit
