{% set pause = "interval 24 hour" %}
{% set least_reports = 3 %}

with

    spaced as (
        select
            *,
            coalesce(
                received_at - lag(received_at) over subject_reports > {{ pause }}, true
            )::integer as begins
        from {{ ref("user_report_states") }}
        where subject_id is not null
        window
            subject_reports as (
                partition by subject_type, subject_id order by received_at, report_id
            )
    ),

    numbered as (
        select
            *,
            sum(begins) over (
                partition by subject_type, subject_id order by received_at, report_id
            ) as wave_no
        from spaced
    )

select
    numbered.subject_type,
    numbered.subject_id,
    min(numbered.received_at) as starts_at,
    max(numbered.received_at) as ends_at,
    count(*) as report_count,
    count(distinct coalesce(numbered.reporter_id, numbered.report_id)) as reporter_count,
    count(*) filter (where numbered.state = 'duplicate') as duplicate_count,
    count(*) filter (
        where numbered.state not in ('received', 'acknowledged', 'duplicate')
    ) as assessed_count,
    count(*) filter (
        where numbered.state in ('waiting_for_review', 'in_review', 'not_actioned', 'actioned')
    ) as valid_count,
    round(
        avg(reporter_reliability.reporter_reliability::decimal(18, 9))::double, 9
    ) as mean_reporter_score,
    any_value(
        numbered.reason_code order by numbered.received_at, numbered.report_id
    ) as first_reason_code
from numbered
left join {{ ref("reporter_reliability") }} as reporter_reliability using (reporter_id)
group by numbered.subject_type, numbered.subject_id, numbered.wave_no
having count(*) >= {{ least_reports }}
order by starts_at, numbered.subject_type, numbered.subject_id
