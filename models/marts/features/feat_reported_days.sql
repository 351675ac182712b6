with

    reports as (
        select report_id, received_at, reporter_id, subject_type, subject_id, valid
        from {{ ref("stg_user_reports") }}
        where subject_id is not null and not automated
    ),

    -- What became of a reporter's other reports; half each way before any was assessed.
    reporters as (
        select
            reporter_id,
            count(*) filter (where valid) as valid_count,
            count(*) filter (where valid is not null) as assessed_count
        from reports
        where reporter_id is not null
        group by reporter_id
    ),

    weighed_reports as (
        select
            report_id,
            reports.received_at,
            reporter_id,
            reports.subject_type,
            reports.subject_id,
            (
                coalesce(reporters.valid_count, 0)
                - case when reporter_id is not null and reports.valid then 1 else 0 end
                + 1
            ) / (
                coalesce(reporters.assessed_count, 0)
                - case when reporter_id is not null and reports.valid is not null then 1 else 0 end
                + 2
            ) as reporter_reliability
        from reports
        left join reporters using (reporter_id)
    ),

    windows as (
        select
            subject_type,
            subject_id,
            received_at,
            count(*) over trailing_24h as report_count,
            {{ distinct_over("reporter_id", "trailing_24h") }} as reporter_count,
            sum({{ rounded_decimal("reporter_reliability", 9, 6) }}) over trailing_24h::double
            / count(*) over trailing_24h as mean_reporter_reliability
        from weighed_reports
        window
            trailing_24h as (
                partition by subject_type, subject_id
                order by received_at range between interval 24 hours preceding and current row
            )
    )

select
    subject_type,
    subject_id,
    received_at::date as report_date,
    max(report_count) as max_reports_in_24_hours,
    {{ last_by("reporter_count", ["report_count", "received_at"]) }} as reporter_count,
    {{ last_by("mean_reporter_reliability", ["report_count", "received_at"]) }}
    as mean_reporter_reliability,
    min(received_at) as first_at,
    max(received_at) as last_at
from windows
group by subject_type, subject_id, received_at::date
