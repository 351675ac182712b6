{{
    config(
        materialized="incremental" if target.type == "duckdb" else "table",
        unique_key=["account_id", "activity_date"],
        meta={"follows": ["int_requests", "stg_touched_accounts"], "in_blocks": true},
    )
}}
select
    account_id,
    activity_date,
    surface,
    task_label,
    min(occurred_at) as first_at,
    min(request_id) as first_request_id,
    count(*) as request_count,
    count(*) filter (where refused) as refused_count
from {{ touched_rows(ref("int_requests"), "activity_date") }} as requests
where account_id is not null
group by account_id, activity_date, surface, task_label
-- Rows of one account lie together, so that a question about it reads little.
order by account_id, activity_date, surface, task_label
