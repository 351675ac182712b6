with

    shared_keys as (
        select keys.key_type, keys.key_value, any_value(keys.account_count) as account_count
        from {{ ref("int_account_keys") }} as keys
        where
            keys.account_id in ($account_id, $linked_account_id)
            and keys.account_count > 1
            and not keys.is_hub
            and not keys.is_allowlisted
        group by keys.key_type, keys.key_value
        having count(*) = 2
    ),

    -- Requests lie by day: the days on which an account sent any are all that has to be read of
    -- it. One account at a time: for a list of them every column is read before it is looked at.
    requests as materialized(
        select
            request_id,
            account_id,
            occurred_at,
            device_id,
            ip_prefix_hmac,
            header_hash,
            template_hash,
            task_label,
            target_hmac
        from {{ ref("int_requests") }}
        semi join
            (
                select activity_date
                from {{ ref("feat_account_days") }}
                where account_id = $account_id
            ) as active_days using (activity_date)
        where account_id = $account_id
        union all
        select
            request_id,
            account_id,
            occurred_at,
            device_id,
            ip_prefix_hmac,
            header_hash,
            template_hash,
            task_label,
            target_hmac
        from {{ ref("int_requests") }}
        semi join
            (
                select activity_date
                from {{ ref("feat_account_days") }}
                where account_id = $linked_account_id
            ) as active_days using (activity_date)
        where account_id = $linked_account_id
    ),

    shown_keys as (
        select
            request_id,
            account_id,
            occurred_at,
            unnest(['device', 'ip_prefix', 'header', 'template']) as key_type,
            unnest([device_id, ip_prefix_hmac, header_hash, template_hash]) as key_value
        from requests
    ),

    waves as (
        select requests.account_id, waves.wave_id, requests.request_id, requests.occurred_at
        from {{ ref("int_target_waves") }} as waves
        inner join
            requests
            on waves.account_id = requests.account_id
            and waves.target_hmac = requests.target_hmac
            and requests.occurred_at >= waves.first_at
            and requests.occurred_at <= waves.last_at
        where
            waves.account_id in ($account_id, $linked_account_id)
            and requests.task_label = 'harassment'
    ),

    sightings as (
        select account_id, key_type, key_value, source_table, source_id, seen_at
        from {{ ref("int_key_sightings") }}
        where account_id in ($account_id, $linked_account_id)
        union all
        select account_id, key_type, key_value, 'requests', request_id, occurred_at
        from shown_keys
        union all
        select account_id, 'target_wave', wave_id, 'requests', request_id, occurred_at
        from waves
    )

select
    sightings.key_type,
    sightings.key_value,
    shared_keys.account_count,
    sightings.account_id,
    sightings.source_table,
    sightings.source_id,
    sightings.seen_at
from sightings
inner join shared_keys using (key_type, key_value)
order by
    shared_keys.account_count,
    sightings.key_type,
    sightings.key_value,
    sightings.seen_at,
    sightings.source_table,
    sightings.source_id,
    sightings.account_id
limit $limit
