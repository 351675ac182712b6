with

    holders as (
        select distinct about_id as account_id  -- a value may be a key of several types
        from {{ ref("int_subject_ids") }}
        where subject_id = $key_value and subject_kind = 'key'
    )

select
    keys.account_id,
    keys.key_type,
    keys.account_count,
    keys.is_hub,
    keys.rarity_bits,
    keys.first_seen_at,
    keys.last_seen_at,
    keys.event_count,
    clusters.cluster_id,
    bans.banned_at
from {{ ref("int_account_keys") }} as keys
semi join holders using (account_id)
left join {{ ref("int_account_clusters") }} as clusters using (account_id)
left join {{ ref("int_account_bans") }} as bans using (account_id)
where keys.key_value = $key_value
order by keys.first_seen_at, keys.account_id, keys.key_type
limit $limit
