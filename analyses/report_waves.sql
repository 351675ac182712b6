with

    reports as (
        select *, (reporter_valid_count + 1) / (reporter_assessed_count + 2) as reporter_reliability
        from {{ ref("int_user_reports") }}
        where
            subject_id is not null
            and not automated
            and received_at >= $since
            and received_at < $until
    ),

    -- A wave is named by its last report: all of the same subject in the hours up to it.
    endings as (
        select
            subject_type,
            subject_id,
            received_at as last_at,
            report_id,
            count(*) over (
                partition by subject_type, subject_id
                order by received_at range between to_hours($window_hours) preceding and current row
            ) as report_count
        from reports
    ),

    waves as (
        select subject_type, subject_id, last_at, report_count
        from endings
        where report_count >= $minimum_reports
        qualify
            row_number() over (
                partition by subject_type, subject_id order by report_count desc, last_at, report_id
            )
            = 1
    )

select
    subject_type,
    subject_id,
    any_value(waves.report_count) as report_count,
    count(distinct reports.reporter_id) as reporter_count,
    min(reports.received_at) as first_at,
    any_value(waves.last_at) as last_at,
    list(distinct reports.reason_code order by reports.reason_code) as reason_codes,
    count(reports.duplicate_of) as duplicate_count,
    count(reports.valid) as assessed_count,
    count(*) filter (where reports.valid) as valid_count,
    round(avg(reports.reporter_reliability), 6) as mean_reporter_reliability,
    count(distinct reports.reporter_id) filter (
        where
            reports.reporter_assessed_count >= 2
            and 2 * reports.reporter_valid_count > reports.reporter_assessed_count
    ) as reliable_reporter_count
from waves
inner join reports using (subject_type, subject_id)
where
    reports.received_at <= waves.last_at
    and reports.received_at >= waves.last_at - to_hours($window_hours)
group by subject_type, subject_id
order by report_count desc, first_at, subject_type, subject_id
limit $limit
