with

    surface_counts as (
        select account_id, surface, count(*) as request_count
        from {{ ref("int_requests") }}
        where account_id is not null
        group by account_id, surface
    ),

    account_surfaces as (
        select account_id, arg_max(surface, (request_count, surface)) as surface
        from surface_counts
        group by account_id
    )

select 'account' as subject_type, account_id as subject_id, coalesce(surface, 'none') as surface
from {{ ref("stg_accounts") }}
left join account_surfaces using (account_id)
union all
-- A sender has many notices and is one subject.
select distinct 'sender', sender_id, 'none'
from {{ ref("stg_copyright_notices") }}
union all
select 'mcp_server', server_id, 'mcp'
from {{ ref("stg_mcp_servers") }}
