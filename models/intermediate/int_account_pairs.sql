with

    group_links as (
        select
            account_id,
            linked_account_id,
            link_group,
            max(rarity_bits)::decimal(9, 3) as link_bits,
            bool_or(joins_alone) as joins_alone,
            bool_or(can_carry) as can_carry,
            min(first_linked_at) as first_linked_at
        from {{ ref("int_account_links") }}
        where not same_verified_org
        group by account_id, linked_account_id, link_group
    ),

    -- What was known of the pair once this link had been seen.
    evidence as (
        select *, {{ strong_evidence() }} as is_strong
        from group_links
        window
            so_far as (
                partition by account_id, linked_account_id
                order by first_linked_at
                range between unbounded preceding and current row
            )
    )

select
    account_id,
    linked_account_id,
    min(first_linked_at) filter (where is_strong) as joined_at,
    bool_or(joins_alone) as joins_alone,
    count(*) as link_group_count,
    sum(link_bits)::decimal(9, 3) as pair_bits
from evidence
group by account_id, linked_account_id
having bool_or(is_strong)
