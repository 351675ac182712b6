select
    int_account_clusters.account_id,
    feat_account_networks.account_created_at,
    feat_account_networks.linked_account_count,
    feat_account_networks.link_type_count,
    feat_account_networks.linked_banned_accounts,
    feat_account_networks.is_verified_org_member,
    int_account_bans.banned_at,
    int_account_bans.reversed_at,
    int_account_clusters.member_count
from {{ ref("int_account_clusters") }} as int_account_clusters
left join {{ ref("feat_account_networks") }} as feat_account_networks using (account_id)
left join {{ ref("int_account_bans") }} as int_account_bans using (account_id)
where int_account_clusters.cluster_id = $cluster_id
order by feat_account_networks.account_created_at, int_account_clusters.account_id
limit $limit
