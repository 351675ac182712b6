-- One row per actor kind: its groups held against the clusters that were flagged. A group is found when one
-- flagged cluster is mostly it and holds half of it. A cluster flagged for a harm is so rightly when most of its
-- members do that harm; flagged for evading a ban, also when most are actors and one has come back after a ban.
with

    planted as (
        select answer_key.*, returned.subject_id is not null as has_returned
        from answer_key
        left join returned using (subject_id)
        where subject_type = 'account' and role in ('actor', 'already_banned')
    ),

    harms as (select kind, any_value(harm_type) as harm_type from planted group by kind),

    cluster_kinds as (
        select
            cluster_id,
            arg_max(coalesce(kind, 'nobody'), (members, kind)) as kind,
            sum(members)::bigint as member_count,
            max(members) as of_kind
        from
            (
                select flagged.cluster_id, planted.kind, count(*) as members
                from flagged
                left join planted on planted.subject_id = flagged.account_id
                group by all
            ) as counted
        group by cluster_id
    ),

    accusations as (
        select
            flagged_harms.cluster_id,
            flagged_harms.accused_of,
            2 * count(*) filter (planted.harm_type = flagged_harms.accused_of) > count(*)
            or flagged_harms.accused_of = 'ban_evasion'
            and 2 * count(planted.subject_id) > count(*)
            and count(*) filter (planted.has_returned) > 0 as is_right
        from flagged_harms
        join flagged using (cluster_id)
        left join planted on planted.subject_id = flagged.account_id
        group by flagged_harms.cluster_id, flagged_harms.accused_of
    ),

    harm_precision as (
        select accused_of, count(*) as clusters_flagged, count(*) filter (is_right) as clusters_right
        from accusations
        group by accused_of
    ),

    groups as (
        select kind, group_key, count(*) as group_size
        from planted
        group by kind, group_key
    ),

    held as (
        select planted.kind, planted.group_key, flagged.cluster_id, count(*) as held, any_value(flagged.member_count) as member_count
        from flagged
        join planted on planted.subject_id = flagged.account_id
        group by planted.kind, planted.group_key, flagged.cluster_id
    ),

    found as (
        select groups.kind, groups.group_key, groups.group_size, coalesce(max(held.held), 0) as held
        from groups
        left join held on held.kind = groups.kind and held.group_key = groups.group_key and held.held * 2 >= held.member_count
        group by all
    ),

    found_kinds as (
        select
            kind,
            count(*) as groups,
            count(*) filter (held * 2 >= group_size) as groups_found,
            sum(group_size)::bigint as members,
            sum(held)::bigint as members_held
        from found
        group by kind
    ),

    purity as (
        select kind, sum(member_count)::bigint as flagged_members, sum(of_kind)::bigint as of_kind
        from cluster_kinds
        group by kind
    )

select
    kind,
    groups,
    groups_found,
    wilson(groups_found, groups)[1] as groups_found_lower,
    wilson(groups_found, groups)[2] as groups_found_upper,
    coalesce(clusters_flagged, 0) as clusters_flagged,
    clusters_right / clusters_flagged as cluster_precision,
    wilson(clusters_right, clusters_flagged)[1] as cluster_precision_lower,
    wilson(clusters_right, clusters_flagged)[2] as cluster_precision_upper,
    members,
    members_held,
    members_held / members as member_recall,
    flagged_members,
    of_kind / flagged_members as member_precision,
    wilson(of_kind, flagged_members)[1] as member_precision_lower,
    wilson(of_kind, flagged_members)[2] as member_precision_upper
from found_kinds
join harms using (kind)
left join harm_precision on harm_precision.accused_of = harms.harm_type
left join purity using (kind)
order by kind;
