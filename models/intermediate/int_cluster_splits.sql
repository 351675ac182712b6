{# Communities of this many accounts were one only by as many of each, and as many keys, as in int_group_ties. #}
{% set community_size = 3 %}
{% set tying_accounts = 2 %}
{% set tying_keys = 2 %}

with

    cluster_sizes as (
        select cluster_id, count(*) as member_count
        from {{ ref("int_account_clusters") }}
        group by cluster_id
    ),

    -- What the ended pairs held together: clusters as they are now, and accounts that are in none.
    held_units as (
        select
            coalesce(members.cluster_id, ended.account_id) as unit_id,
            coalesce(linked_members.cluster_id, ended.linked_account_id) as linked_unit_id,
            ended.account_id,
            ended.linked_account_id,
            ended.lapsed_key,
            ended.joined_at,
            ended.ended_at::date as ended_on
        from {{ ref("int_ended_pairs") }} as ended
        left join
            {{ ref("int_account_clusters") }} as members on ended.account_id = members.account_id
        left join
            {{ ref("int_account_clusters") }} as linked_members
            on ended.linked_account_id = linked_members.account_id
    ),

    ties as (
        select *
        from held_units
        where unit_id < linked_unit_id
        union all
        select
            linked_unit_id, unit_id, linked_account_id, account_id, lapsed_key, joined_at, ended_on
        from held_units
        where unit_id > linked_unit_id
    ),

    endings as (select ended_on from ties group by ended_on),

    -- Before each day on which any ended, and after it. What ended on the day on which it began
    -- was in the cluster of no day.
    standing_ties as materialized(
        select
            endings.ended_on,
            ties.ended_on > endings.ended_on as is_standing_after,
            ties.* exclude (ended_on)
        from endings
        inner join
            ties on endings.ended_on > ties.joined_at::date and endings.ended_on <= ties.ended_on
    ),

    phased_ties as (
        select *, 'before' as phase
        from standing_ties
        union all
        select *, 'after'
        from standing_ties
        where is_standing_after
    ),

    units as (
        select ended_on, unit_id
        from standing_ties
        union
        select ended_on, linked_unit_id
        from standing_ties
    ),

    seats as materialized(
        select ended_on, phase, unit_id, row_number() over ()::uinteger as number
        from units
        cross join (values ('before'), ('after')) as phases(phase)
    ),

    linked_seats as (
        select ended_on, phase, unit_id as linked_unit_id, number as linked_number from seats
    ),

    seated_ties as materialized(
        select *
        from phased_ties
        inner join seats using (ended_on, phase, unit_id)
        inner join linked_seats using (ended_on, phase, linked_unit_id)
    ),

    unit_ties as (
        select
            ties.number,
            ties.linked_number,
            ties.unit_id,
            ties.linked_unit_id,
            count(*) as pair_count,
            coalesce(any_value(sizes.member_count), 1) >= {{ community_size }} as is_community,
            coalesce(any_value(linked_sizes.member_count), 1)
            >= {{ community_size }} as is_linked_community,
            count(distinct ties.account_id) < {{ tying_accounts }}
            or count(distinct ties.linked_account_id) < {{ tying_accounts }}
            or count(distinct ties.lapsed_key) < {{ tying_keys }} as is_bridge
        from seated_ties as ties
        left join cluster_sizes as sizes on ties.unit_id = sizes.cluster_id
        left join cluster_sizes as linked_sizes on ties.linked_unit_id = linked_sizes.cluster_id
        group by ties.number, ties.linked_number, ties.unit_id, ties.linked_unit_id
    ),

    -- Whoever is no community hung on one of them, never on two: that would have made one of them.
    hanging_ties as (
        select *, case when is_community then linked_number else number end as loose_number
        from unit_ties
        where is_community <> is_linked_community
        qualify
            row_number() over (
                partition by loose_number order by pair_count desc, unit_id, linked_unit_id
            )
            = 1
    ),

    edges as materialized(
        select number as a, linked_number as b
        from unit_ties
        where is_community = is_linked_community and not (is_community and is_bridge)
        union all
        select number, linked_number
        from hanging_ties
    ),

    joined_seats as materialized({{ components("edges") }}),

    placed_units as materialized(
        select
            seats.number,
            seats.ended_on,
            seats.phase,
            seats.unit_id,
            coalesce(joined_seats.component, seats.number) as component
        from seats
        left join joined_seats on seats.number = joined_seats.node
    ),

    -- A cluster is named for its first pair.
    pairs_then as (
        select placed_units.component, pairs.account_id, pairs.joined_at
        from placed_units
        inner join
            {{ ref("int_account_clusters") }} as members
            on placed_units.unit_id = members.cluster_id
        inner join
            {{ ref("int_account_pairs") }} as pairs
            on members.account_id = pairs.account_id
            and placed_units.ended_on > pairs.joined_at::date
        inner join
            {{ ref("int_account_clusters") }} as linked_members
            on pairs.linked_account_id = linked_members.account_id
            and members.cluster_id = linked_members.cluster_id
        union all
        select
            placed_units.component, least(ties.account_id, ties.linked_account_id), ties.joined_at
        from seated_ties as ties
        inner join placed_units on ties.number = placed_units.number
        inner join
            placed_units as linked_units
            on ties.linked_number = linked_units.number
            and placed_units.component = linked_units.component
    ),

    first_pairs as (
        select component, arg_min(account_id, (joined_at, account_id)) as cluster_id
        from pairs_then
        group by component
    ),

    named_units as (
        select
            placed_units.ended_on,
            placed_units.phase,
            placed_units.unit_id,
            placed_units.component,
            -- Without a pair, it is one unit.
            coalesce(first_pairs.cluster_id, placed_units.unit_id) as name,
            coalesce(cluster_sizes.member_count, 1) as member_count
        from placed_units
        left join first_pairs using (component)
        left join cluster_sizes on placed_units.unit_id = cluster_sizes.cluster_id
    ),

    fates as (
        select
            ended_on,
            units_before.component as component_before,
            units_before.name as name_before,
            units_after.component as component_after,
            units_after.name as name_after,
            sum(units_before.member_count)::bigint as member_count,
            case when count(*) = 1 then any_value(cluster_sizes.cluster_id) end as cluster_id
        from named_units as units_before
        inner join named_units as units_after using (ended_on, unit_id)
        left join cluster_sizes on unit_id = cluster_sizes.cluster_id
        where units_before.phase = 'before' and units_after.phase = 'after'
        group by
            ended_on,
            units_before.component,
            units_before.name,
            units_after.component,
            units_after.name
    )

select
    ended_on as parted_on,
    name_before as from_cluster_id,
    name_after as part_id,
    member_count,
    cluster_id
from fates
-- A cluster of which nothing left is none that parted.
qualify count(*) over (partition by component_before) > 1
