with

    handled as (
        select task_id, actor_id as reviewer_id, sum(active_seconds::decimal(18, 3)) as seconds
        from {{ ref("stg_task_events") }}
        group by task_id, actor_id
    ),

    decisions as (
        select
            review_decisions.decision_id,
            review_decisions.reviewer_id,
            review_decisions.occurred_at,
            review_decisions.occurred_at::date as work_date,
            review_decisions.label,
            review_tasks.subject_type || ' ' || review_tasks.subject_id as subject,
            handled.seconds
        from {{ ref("stg_review_decisions") }} as review_decisions
        inner join
            {{ ref("stg_review_tasks") }} as review_tasks
            on review_decisions.task_id = review_tasks.task_id
        left join
            handled
            on review_decisions.task_id = handled.task_id
            and review_decisions.reviewer_id = handled.reviewer_id
    ),

    -- A streak is a run of equal labels: it has a number of its own as long as the label stays. One
    -- over midnight is one in each of the two days.
    numbered as (
        select
            *,
            row_number() over (partition by reviewer_id order by occurred_at, decision_id)
            - row_number() over (
                partition by reviewer_id, label order by occurred_at, decision_id
            ) as streak_no
        from decisions
    ),

    streaks as (
        select reviewer_id, work_date, label, streak_no, count(*) as streak_length
        from numbered
        group by reviewer_id, work_date, label, streak_no
    ),

    streak_days as (
        select reviewer_id, work_date, max(streak_length) as longest_streak
        from streaks
        group by reviewer_id, work_date
    )

select
    reviewer_id,
    work_date,
    count(*) as decision_count,
    count(decisions.seconds) as timed_count,
    median(decisions.seconds::double) as median_active_seconds,
    any_value(streak_days.longest_streak) as longest_streak,
    count(distinct decisions.subject) / count(*) as distinct_subject_share,
    min(decisions.occurred_at) as first_at,
    max(decisions.occurred_at) as last_at
from decisions
inner join streak_days using (reviewer_id, work_date)
group by reviewer_id, work_date
