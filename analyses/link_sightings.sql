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

    requests as (
        select
            request_id,
            account_id,
            occurred_at,
            unnest(
                [
                    {'key_type':'device', 'key_value':device_id},
                    {'key_type':'ip_prefix', 'key_value':ip_prefix_hmac},
                    {'key_type':'header', 'key_value':header_hash},
                    {'key_type':'template', 'key_value':template_hash}
                ]
            ) as shown
        from {{ ref("int_requests") }}
        where account_id in ($account_id, $linked_account_id)
    ),

    waves as (
        select requests.account_id, waves.wave_id, requests.request_id, requests.occurred_at
        from {{ ref("int_target_waves") }} as waves
        inner join
            {{ ref("int_requests") }} as requests
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
        select account_id, shown.key_type, shown.key_value, 'requests', request_id, occurred_at
        from requests
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
