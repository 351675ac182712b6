with

    decisions as (
        select
            actor_id as reviewer_id,
            date_trunc('day', occurred_at)::date as day,
            count(*) filter (where event = 'decided') as decision_count,
            sum(active_seconds::decimal(18, 3))::double / 60 as active_minutes
        from {{ ref("stg_task_events") }}
        group by all
    ),

    shifts as (
        select
            reviewer_id,
            date_trunc('day', shift_starts_at)::date as day,
            sum(scheduled_minutes)::bigint as scheduled_minutes,
            sum(worked_minutes)::bigint as worked_minutes,
            sum(wellness_minutes)::bigint as wellness_minutes
        from {{ ref("stg_shifts") }}
        group by all
    ),

    exposures as (
        select
            reviewer_id,
            date_trunc('day', occurred_at)::date as day,
            sum(seconds::decimal(18, 3))::double / 60 as shown_minutes,
            sum(seconds::decimal(18, 3)) filter (where blurred)::double / 60 as blurred_minutes
        from {{ ref("stg_exposure_log") }}
        group by all
    ),

    days as (
        select reviewer_id, day
        from decisions
        where reviewer_id in (select reviewer_id from {{ ref("stg_reviewers") }})
        union
        select reviewer_id, day
        from shifts
        union
        select reviewer_id, day
        from exposures
    )

select
    days.reviewer_id,
    days.day,
    reviewers.vendor_id,
    coalesce(decisions.decision_count, 0) as decision_count,
    decisions.active_minutes,
    shifts.scheduled_minutes,
    shifts.worked_minutes,
    shifts.wellness_minutes,
    (shifts.worked_minutes - shifts.wellness_minutes) / 60 as productive_hours,
    {{ share("coalesce(decisions.decision_count, 0)", "productive_hours") }} as decisions_per_hour,
    coalesce(exposures.shown_minutes, 0) as exposure_minutes,
    coalesce(exposures.blurred_minutes, 0) as blurred_minutes,
    exposure_caps.minutes_a_day as cap_minutes,
    exposure_minutes / exposure_caps.minutes_a_day as exposure_share,
    exposure_minutes > exposure_caps.minutes_a_day as is_over_cap
from days
left join decisions using (reviewer_id, day)
left join shifts using (reviewer_id, day)
left join exposures using (reviewer_id, day)
left join {{ ref("stg_reviewers") }} as reviewers using (reviewer_id)
left join
    {{ ref("exposure_caps") }} as exposure_caps
    on exposure_caps.cap_id = 'explicit_material'
    and {{ valid_at("days.day", "exposure_caps") }}
order by days.reviewer_id, days.day
