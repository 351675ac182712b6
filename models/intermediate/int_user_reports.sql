with

    reporters as (
        select
            reporter_id,
            count(*) as report_count,
            count(*) filter (where valid) as valid_count,
            count(*) filter (where valid is not null) as assessed_count
        from {{ ref("stg_user_reports") }}
        group by reporter_id
    )

select
    user_reports.report_id,
    user_reports.received_at,
    user_reports.channel,
    user_reports.surface,
    user_reports.reporter_id,
    user_reports.reporter_kind,
    user_reports.subject_type,
    user_reports.subject_id,
    user_reports.reason_code,
    user_reports.valid,
    user_reports.invalid_reason,
    user_reports.ack_at,
    user_reports.automated,
    user_reports.duplicate_of,
    user_reports.mcp_server_version_id,
    -- What this report says of itself is no experience with its reporter.
    reporters.report_count - 1 as reporter_other_count,
    reporters.assessed_count - (user_reports.valid is not null)::bigint as reporter_assessed_count,
    reporters.valid_count - coalesce(user_reports.valid, false)::bigint as reporter_valid_count
from {{ ref("stg_user_reports") }} as user_reports
left join reporters using (reporter_id)
order by user_reports.subject_id, user_reports.received_at, user_reports.report_id
