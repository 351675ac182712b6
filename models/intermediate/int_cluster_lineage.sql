with

    held_pairs as materialized(
        select
            members.cluster_id,
            pairs.account_id,
            pairs.linked_account_id,
            pairs.joined_at,
            pairs.joined_at::date as joined_on
        from {{ ref("int_account_pairs") }} as pairs
        inner join
            {{ ref("int_account_clusters") }} as members on pairs.account_id = members.account_id
        inner join
            {{ ref("int_account_clusters") }} as linked_members
            on pairs.linked_account_id = linked_members.account_id
            and members.cluster_id = linked_members.cluster_id
    ),

    changes as (
        select cluster_id, joined_on as known_on from held_pairs group by cluster_id, joined_on
    ),

    -- Each cluster as it was at the end of every day on which a pair joined it.
    known_pairs as materialized(
        select
            changes.cluster_id,
            changes.known_on,
            held_pairs.account_id,
            held_pairs.linked_account_id,
            held_pairs.joined_at
        from changes
        inner join
            held_pairs
            on changes.cluster_id = held_pairs.cluster_id
            and changes.known_on >= held_pairs.joined_on
    ),

    known_members as materialized(
        select known_on, account_id, row_number() over ()::uinteger as number
        from
            (
                select known_on, account_id
                from known_pairs
                union
                select known_on, linked_account_id
                from known_pairs
            ) as members_by_day
    ),

    numbered_pairs as materialized(
        select
            known_pairs.cluster_id,
            known_pairs.known_on,
            known_pairs.account_id,
            known_pairs.joined_at,
            members.number as a,
            linked_members.number as b
        from known_pairs
        inner join
            known_members as members
            on known_pairs.known_on = members.known_on
            and known_pairs.account_id = members.account_id
        inner join
            known_members as linked_members
            on known_pairs.known_on = linked_members.known_on
            and known_pairs.linked_account_id = linked_members.account_id
    ),

    parts as materialized({{ components("numbered_pairs") }}),

    -- Every part has the name that it had as a cluster of its own.
    names as materialized(
        select
            parts.component,
            any_value(numbered_pairs.cluster_id) as cluster_id,
            any_value(numbered_pairs.known_on) as known_on,
            arg_min(
                numbered_pairs.account_id, (numbered_pairs.joined_at, numbered_pairs.account_id)
            ) as part_id
        from numbered_pairs
        inner join parts on numbered_pairs.a = parts.node
        group by parts.component
    ),

    sizes as (select component, count(*) as member_count from parts group by component),

    -- Where the account that names a part is found on the next day of change.
    named_parts as (
        select
            names.cluster_id,
            names.known_on,
            names.part_id,
            sizes.member_count,
            min(changes.known_on) as next_known_on
        from names
        inner join sizes using (component)
        inner join
            changes on names.cluster_id = changes.cluster_id and names.known_on < changes.known_on
        group by names.cluster_id, names.known_on, names.part_id, sizes.member_count
    )

select
    named_parts.next_known_on as merged_on,
    named_parts.part_id as merged_cluster_id,
    next_names.part_id as into_cluster_id,
    named_parts.cluster_id,
    named_parts.member_count as merged_member_count
from named_parts
inner join
    known_members
    on named_parts.next_known_on = known_members.known_on
    and named_parts.part_id = known_members.account_id
inner join parts on known_members.number = parts.node
inner join names as next_names on parts.component = next_names.component
where next_names.part_id <> named_parts.part_id
