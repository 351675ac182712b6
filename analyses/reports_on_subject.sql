with

    subjects as (
        select $subject_id as subject_id
        where $subject_id is not null
        union
        select about_id
        from {{ ref("int_subject_ids") }}
        where subject_id = $report_id and subject_kind = 'report'
    )

select
    received_at,
    report_id,
    subject_type,
    subject_id,
    reason_code,
    channel,
    reporter_id,
    reporter_kind,
    reporter_assessed_count,
    reporter_valid_count,
    (reporter_valid_count + 1) / (reporter_assessed_count + 2) as reporter_reliability,
    valid,
    invalid_reason,
    ack_at,
    automated,
    duplicate_of,
    count(*) over (
        partition by subject_type, subject_id
        order by received_at range between interval 1 day preceding and interval 1 day following
    ) as reports_within_24_hours
from {{ ref("int_user_reports") }}
semi join subjects using (subject_id)
where received_at >= $since and received_at < $until
order by received_at desc, report_id
limit $limit
