with

    sides as (
        select account_id, side_account_id
        from {{ ref("int_pair_sides") }}
        where side_account_count > 1
        group by account_id, side_account_id
    ),

    -- An account is in the graph once for each side, so that it holds none of them together.
    seats as materialized(
        select account_id, side_account_id, row_number() over ()::uinteger as number from sides
    ),

    sided_pairs as materialized(
        select
            pairs.account_id,
            pairs.linked_account_id,
            pairs.pair_bits,
            seats.number as a,
            linked_seats.number as b
        from {{ ref("int_account_pairs") }} as pairs
        inner join
            {{ ref("int_pair_sides") }} as sides
            on pairs.account_id = sides.account_id
            and pairs.linked_account_id = sides.linked_account_id
        inner join
            {{ ref("int_pair_sides") }} as linked_sides
            on pairs.account_id = linked_sides.linked_account_id
            and pairs.linked_account_id = linked_sides.account_id
        inner join
            seats
            on sides.account_id = seats.account_id
            and sides.side_account_id = seats.side_account_id
        inner join
            seats as linked_seats
            on linked_sides.account_id = linked_seats.account_id
            and linked_sides.side_account_id = linked_seats.side_account_id
    ),

    communities as materialized({{ components("sided_pairs") }}),

    seat_bits as (
        select a as number, pair_bits
        from sided_pairs
        union all
        select b, pair_bits
        from sided_pairs
    ),

    members as (
        select
            seats.account_id,
            communities.component,
            -- A seat is in one community only, an account may be the first of several.
            min(to_json([seats.account_id, seats.side_account_id])::varchar) as seat,
            sum(seat_bits.pair_bits) as community_bits
        from communities
        inner join seats on communities.node = seats.number
        inner join seat_bits on communities.node = seat_bits.number
        group by seats.account_id, communities.component
    )

select
    account_id,
    min(seat) over (partition by component) as community_id,
    community_bits::decimal(18, 3) as community_bits,
    count(*) over (partition by component) as member_count
from members
