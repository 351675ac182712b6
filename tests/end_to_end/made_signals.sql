-- Rows of signals that the world has no case of, about subjects that it has: a trace of each has to
-- lead to raw rows all the same.
with

    lacking as (
        select signal_id, unnest(traced_by) as way
        from signals.signal_definitions
        anti join signals.signals using (signal_id)
    ),

    banned as (
        select bans.account_id as banned_account_id, keys.account_id, keys.first_seen_at
        from intermediate.int_account_bans as bans
        inner join intermediate.int_account_keys as banned_keys using (account_id)
        inner join intermediate.int_account_keys as keys using (key_type, key_value)
        where
            keys.account_id <> bans.account_id
            and keys.key_type = 'ip_prefix'
            and not keys.is_hub
            and not keys.is_allowlisted
        order by all
        limit 1
    ),

    subjects(way, subject_type, subject_id, starts_at, evidence) as (
        (
            select 'account_requests', 'account', account_id, date_trunc('week', occurred_at), '{}'
            from intermediate.int_requests
            where account_id is not null
            order by request_id
            limit 1
        )
        union all
        (
            select 'decisions', key_type, key_value, date_trunc('day', occurred_at), '{}'
            from intermediate.int_raw_rows
            where source_table = 'review_decisions'
            order by source_id
            limit 1
        )
        union all
        (
            select 'reports', key_type, key_value, date_trunc('day', occurred_at), '{}'
            from intermediate.int_raw_rows
            where source_table = 'user_reports'
            order by source_id
            limit 1
        )
        union all
        select
            'link_keys',
            'account',
            account_id,
            first_seen_at,
            json_object('banned_account_id', json_object('observed', banned_account_id))
        from banned
    )

select
    signal_id,
    subject_type,
    subject_id,
    starts_at as window_starts_at,
    starts_at + interval 7 days as window_ends_at,
    evidence::json as evidence,
    case when subject_type = 'account' then subject_id end as account_id
from lacking
left join subjects using (way)
