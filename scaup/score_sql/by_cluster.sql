-- One row per actor kind: its groups held against the clusters that were flagged. A cluster is of the kind that
-- most of its members are; a group is found when one flagged cluster is mostly it and holds half of it.
with

    cluster_kinds as (
        select
            flagged.cluster_id,
            arg_max(coalesce(kind, 'nobody'), (members, kind)) as kind,
            sum(members)::bigint as member_count,
            max(members) as of_kind
        from
            (
                select flagged.cluster_id, case when role = 'actor' then kind end as kind, count(*) as members
                from flagged
                left join answer_key on answer_key.subject_type = 'account' and answer_key.subject_id = flagged.account_id
                group by all
            ) as flagged
        group by flagged.cluster_id
    ),

    groups as (
        select kind, group_key, count(*) as group_size
        from answer_key
        where role = 'actor' and subject_type = 'account'
        group by kind, group_key
    ),

    held as (
        select answer_key.kind, answer_key.group_key, flagged.cluster_id, count(*) as held, any_value(flagged.member_count) as member_count
        from flagged
        join answer_key on answer_key.subject_type = 'account' and answer_key.subject_id = flagged.account_id and answer_key.role = 'actor'
        group by answer_key.kind, answer_key.group_key, flagged.cluster_id
    ),

    found as (
        select groups.kind, groups.group_key, groups.group_size, coalesce(max(held.held), 0) as held
        from groups
        left join held on held.kind = groups.kind and held.group_key = groups.group_key and held.held * 2 >= held.member_count
        group by all
    )

select
    found.kind,
    count(*) as groups,
    count(*) filter (held * 2 >= group_size) as groups_found,
    wilson(count(*) filter (held * 2 >= group_size), count(*))[1] as groups_found_lower,
    wilson(count(*) filter (held * 2 >= group_size), count(*))[2] as groups_found_upper,
    sum(group_size)::bigint as members,
    sum(held)::bigint as members_held,
    sum(held) / sum(group_size) as member_recall,
    any_value(purity.members) as flagged_members,
    any_value(purity.of_kind) / any_value(purity.members) as member_precision,
    wilson(any_value(purity.of_kind), any_value(purity.members))[1] as member_precision_lower,
    wilson(any_value(purity.of_kind), any_value(purity.members))[2] as member_precision_upper
from found
left join
    (select kind, sum(member_count)::bigint as members, sum(of_kind)::bigint as of_kind from cluster_kinds group by kind) as purity
    on purity.kind = found.kind
group by found.kind
order by found.kind;
