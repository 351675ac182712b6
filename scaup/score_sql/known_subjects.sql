-- How many of the key's accounts the snapshot knows, and how many of those it knows by the same age.
-- Worlds share their ids, so ids alone would not tell another world.
select
    count(*) as accounts_in_key,
    count(networks.account_id) as accounts_known,
    count(*) filter (
        -- The key counts from the first day of the world, or from sign-up when that came later.
        networks.account_created_at = answer_key.started_at
        or networks.account_created_at <= answer_key.started_at and answer_key.started_at = (select min(started_at) from answer_key)
    ) as accounts_same
from answer_key
left join snapshot.features.feat_account_networks as networks on networks.account_id = answer_key.subject_id
where subject_type = 'account';
