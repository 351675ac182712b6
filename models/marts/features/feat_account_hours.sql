{{
    config(
        materialized="incremental" if target.type == "duckdb" else "table",
        unique_key=["account_id", "activity_hour"],
        meta={"follows": ["int_requests", "stg_touched_accounts"], "in_blocks": true},
    )
}}
select
    account_id,
    {{ hour_of("occurred_at") }} as activity_hour,
    count(*) as request_count,
    sum(input_tokens)::bigint as input_tokens,
    sum(output_tokens)::bigint as output_tokens,
    count(*) filter (where refused) as refused_count,
    count(*) filter (where status >= 400) as error_count
from {{ touched_rows(ref("int_requests"), "activity_date") }} as requests
where account_id is not null
group by account_id, activity_hour
-- Rows of one account lie together, so that a question about it reads little.
order by account_id, activity_hour
