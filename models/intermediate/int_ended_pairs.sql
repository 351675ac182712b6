with

    -- Kinds that join by their number are left out: no one key of several ended it.
    rules as (
        select link_types.key_type, link_types.alone_degree_cap, link_types.prior_bits
        from {{ ref("link_types") }} as link_types
        inner join
            {{ ref("int_snapshot_clock") }} as int_snapshot_clock
            on {{ valid_at("int_snapshot_clock.as_of", "link_types") }}
        where link_types.alone_key_count is null
    ),

    -- How many accounts had a key of the kind by then.
    key_type_growth as (
        select
            key_type,
            first_seen_at,
            count(*) over (partition by key_type order by first_seen_at) as account_count
        from
            (
                select key_type, account_id, min(first_seen_at) as first_seen_at
                from {{ ref("int_account_keys") }}
                group by key_type, account_id
            ) as accounts_by_key_type
    ),

    -- Keys that say less than they did: too many hold one that joined alone, or an allow-list names
    -- it. Other kinds that became hubs are left out: what everybody uses began with few holders,
    -- too.
    lapsed_keys as (
        select
            keys.*,
            rules.alone_degree_cap,
            rules.prior_bits,
            row_number() over (
                partition by keys.key_type, keys.key_value
                order by keys.first_seen_at, keys.account_id
            ) as holder_number
        from {{ ref("int_account_keys") }} as keys
        inner join rules using (key_type)
        where keys.is_allowlisted or keys.account_count > rules.alone_degree_cap
    ),

    lapses as (
        select
            key_type,
            key_value,
            least(
                min(first_seen_at) filter (where holder_number > degree_cap),
                any_value(allowlisted_from)
            ) as ended_at,
            min(first_seen_at) filter (where holder_number > alone_degree_cap) as alone_ended_at
        from lapsed_keys
        group by key_type, key_value
    ),

    -- Never more holders than the cap, so that a key's pairs are bounded.
    former_holders as (
        select
            lapsed_keys.*,
            lapses.ended_at,
            least(lapses.ended_at, lapses.alone_ended_at) as alone_ended_at,
            lapsed_keys.holder_number <= lapsed_keys.alone_degree_cap as joined_alone
        from lapsed_keys
        inner join lapses using (key_type, key_value)
        where coalesce(lapsed_keys.first_seen_at < lapses.ended_at, true)
    ),

    former_degrees as (
        select key_type, key_value, ended_at, count(*) as account_count
        from former_holders
        -- An asof join may take a null for the latest of all moments.
        where ended_at is not null
        group by key_type, key_value, ended_at
    ),

    former_bits as (
        select
            former_degrees.key_type,
            former_degrees.key_value,
            greatest(
                log2(key_type_growth.account_count / former_degrees.account_count)
                + rules.prior_bits,
                0
            )::decimal(9, 3) as rarity_bits
        from former_degrees
        inner join rules using (key_type)
        asof inner join
            key_type_growth
            on former_degrees.key_type = key_type_growth.key_type
            and former_degrees.ended_at > key_type_growth.first_seen_at
    ),

    former_links as materialized(
        select
            holders.account_id,
            others.account_id as linked_account_id,
            holders.link_group,
            holders.key_type || ' ' || holders.key_value as lapsed_key,
            coalesce(former_bits.rarity_bits, holders.rarity_bits) as rarity_bits,
            holders.joined_alone and others.joined_alone as joined_alone,
            holders.can_carry,
            greatest(holders.first_seen_at, others.first_seen_at) as linked_at,
            holders.alone_ended_at,
            holders.ended_at
        from former_holders as holders
        inner join
            former_holders as others
            on holders.key_type = others.key_type
            and holders.key_value = others.key_value
            and holders.account_id < others.account_id
        left join
            former_bits
            on holders.key_type = former_bits.key_type
            and holders.key_value = former_bits.key_value
    ),

    unpaired as (
        select account_id, linked_account_id
        from former_links
        anti join {{ ref("int_account_pairs") }} using (account_id, linked_account_id)
        group by account_id, linked_account_id
    ),

    -- Colleagues' links never were evidence.
    colleagues as (
        select unpaired.account_id, unpaired.linked_account_id
        from unpaired
        inner join
            {{ ref("int_verified_memberships") }} as memberships
            on unpaired.account_id = memberships.account_id
        inner join
            {{ ref("int_verified_memberships") }} as linked_memberships
            on unpaired.linked_account_id = linked_memberships.account_id
            and memberships.org_id = linked_memberships.org_id
    ),

    strangers as (
        select * from unpaired anti join colleagues using (account_id, linked_account_id)
    ),

    -- With the links that they have still.
    all_links as (
        select former_links.*
        from former_links
        semi join strangers using (account_id, linked_account_id)
        union all
        select
            account_id,
            linked_account_id,
            link_group,
            null,
            rarity_bits::decimal(9, 3),
            joins_alone,
            can_carry,
            first_linked_at,
            null,
            null
        from {{ ref("int_account_links") }}
        semi join strangers using (account_id, linked_account_id)
    ),

    -- One kind of link that joins nobody alone never sufficed.
    candidates as materialized(
        select *
        from all_links
        window pair as (partition by account_id, linked_account_id)
        qualify
            bool_or(joined_alone) over pair
            or min(link_group) over pair <> max(link_group) over pair
    ),

    moments as (
        select account_id, linked_account_id, lapsed_at, min(lapsed_key) as lapsed_key
        from
            (
                select account_id, linked_account_id, lapsed_key, ended_at as lapsed_at
                from candidates
                union all
                select account_id, linked_account_id, lapsed_key, alone_ended_at
                from candidates
                where joined_alone
            ) as lapses_of_pairs
        group by account_id, linked_account_id, lapsed_at
    ),

    -- What was known of the pair just before a key of theirs lapsed.
    group_links as (
        select
            account_id,
            linked_account_id,
            moments.lapsed_at,
            moments.lapsed_key,
            candidates.link_group,
            max(candidates.rarity_bits) as link_bits,
            bool_or(
                candidates.joined_alone
                and coalesce(candidates.alone_ended_at >= moments.lapsed_at, true)
            ) as joins_alone,
            bool_or(candidates.can_carry) as can_carry,
            min(candidates.linked_at) as first_linked_at
        from moments
        inner join candidates using (account_id, linked_account_id)
        where
            candidates.linked_at < moments.lapsed_at
            and coalesce(candidates.ended_at >= moments.lapsed_at, true)
        group by
            account_id,
            linked_account_id,
            moments.lapsed_at,
            moments.lapsed_key,
            candidates.link_group
    ),

    evidence as (
        select *, {{ strong_evidence() }} as is_strong
        from group_links
        window
            so_far as (
                partition by account_id, linked_account_id, lapsed_at
                order by first_linked_at
                range between unbounded preceding and current row
            )
    )

select
    account_id,
    linked_account_id,
    min(first_linked_at) filter (where is_strong) as joined_at,
    max(lapsed_at) filter (where is_strong) as ended_at,
    arg_max(lapsed_key, lapsed_at) filter (where is_strong) as lapsed_key
from evidence
group by account_id, linked_account_id
having bool_or(is_strong)
