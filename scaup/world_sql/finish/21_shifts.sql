-- When reviewers were meant to work and when they did, and what explicit material they looked at.
create table out_shifts as
with

    planned as (
        select
            reviewer_id,
            vendor_id,
            concat(reviewer_no, '-', day_no) as shift_key,
            reviewer_no,
            after_days(world.begins_at, day_no + (6 + 5 * (reviewer_no % 3)) / 24.0) as shift_starts_at,
            world.ends_at
        from reviewer_plan
        cross join world
        cross join (select unnest(range(date_diff('day', begins_at, ends_at))) as day_no from world) as days
        where
            isodow(after_days(world.begins_at, day_no)) <= 5
            and after_days(world.begins_at, day_no)::date >= start_day
            and u('is away', concat(reviewer_no, '-', day_no)) >= 0.07
    )

select
    reviewer_id,
    shift_starts_at,
    shift_starts_at + interval 8 hour as shift_ends_at,
    450 as scheduled_minutes,
    -- One vendor keeps to its plan less than the others.
    round(450 * least(1, case when vendor_id = 'ven_kestrel' then 0.80 else 0.89 end + 0.11 * u('adheres', shift_key))) as worked_minutes,
    15 + 5 * whole('wellness', shift_key, 5) as wellness_minutes,
    shift_starts_at + interval 9 hour as recorded_at,
    'workforce' as source_system
from planned
where shift_starts_at + interval 9 hour < ends_at;

create table out_exposure_log as
select
    'exp_' || substr(decision_id, 5) as exposure_id,
    reviewer_id,
    opened_at as occurred_at,
    severity,
    -- Somebody who reads of a picture does not look at it all the time.
    round(active_seconds * (0.3 + 0.5 * u('exposure', case_key)), 1) as seconds,
    u('is blurred', case_key) < 0.8 as blurred,
    decided_at + interval 2 second as recorded_at,
    'review_tool' as source_system
from first_decisions
where queue_id in ('child_safety', 'intimate_imagery');
