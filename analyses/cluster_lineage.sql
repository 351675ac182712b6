select happened_on, event_kind, from_cluster_id, into_cluster_id, cluster_id, member_count
from
    (
        select
            merged_on as happened_on,
            'merged' as event_kind,
            merged_cluster_id as from_cluster_id,
            into_cluster_id,
            cluster_id,
            merged_member_count as member_count
        from {{ ref("int_cluster_lineage") }}
        union all
        select parted_on, 'split', from_cluster_id, part_id, cluster_id, member_count
        from {{ ref("int_cluster_splits") }}
    ) as changes
where
    happened_on >= $since
    and happened_on < $until
    and (
        $cluster_id is null
        or cluster_id = $cluster_id
        or from_cluster_id = $cluster_id
        or into_cluster_id = $cluster_id
    )
order by happened_on, event_kind, from_cluster_id, into_cluster_id
limit $limit
