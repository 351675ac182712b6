with

    companies as (
        select account_id, linked_account_id
        from {{ ref("int_account_pairs") }}
        union all
        select linked_account_id, account_id
        from {{ ref("int_account_pairs") }}
    ),

    numbered_companies as materialized(
        select account_id, linked_account_id, row_number() over ()::uinteger as number
        from companies
    ),

    -- Two of an account's partners are on one side when they are a pair themselves.
    triangles as materialized(
        select partners.number as a, others.number as b
        from {{ ref("int_account_pairs") }} as pairs
        inner join numbered_companies as partners on pairs.account_id = partners.linked_account_id
        inner join
            numbered_companies as others
            on partners.account_id = others.account_id
            and pairs.linked_account_id = others.linked_account_id
    ),

    sides as ({{ components("triangles") }}),

    -- Without a triangle, a partner is a side of its own.
    companies_by_side as (
        select
            numbered_companies.account_id,
            numbered_companies.linked_account_id,
            coalesce(sides.component, numbered_companies.number) as side_number
        from numbered_companies
        left join sides on numbered_companies.number = sides.node
    )

select
    account_id,
    linked_account_id,
    min(linked_account_id) over side as side_account_id,
    count(*) over side as side_account_count
from companies_by_side
window side as (partition by side_number)
