select
    feat_account_networks.account_id,
    feat_account_networks.account_created_at,
    feat_account_networks.linked_banned_accounts,
    feat_account_networks.banned_link_type_count,
    feat_account_networks.banned_link_bits,
    feat_account_networks.days_since_linked_ban,
    feat_account_networks.cluster_id,
    feat_account_networks.is_verified_org_member,
    own_bans.banned_at
from {{ ref("feat_account_networks") }} as feat_account_networks
left join {{ ref("int_account_bans") }} as own_bans using (account_id)
where
    feat_account_networks.linked_banned_accounts > 0
    and ($account_id is null or feat_account_networks.account_id = $account_id)
    and feat_account_networks.banned_link_bits >= $minimum_bits
order by feat_account_networks.banned_link_bits desc, feat_account_networks.account_id
limit $limit
