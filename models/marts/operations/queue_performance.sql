with

    work as (
        select review_work.*, period
        from {{ ref("review_work") }} as review_work
        cross join
            lateral(select unnest(['all', strftime(review_work.created_at, '%Y-%m')]) as period)
        where not review_work.is_golden and review_work.qa_of_task_id is null
    ),

    turnaround_steps as (
        {{ kaplan_meier("work", "turnaround_hours", "is_turnaround_censored", by=["queue_id", "period"]) }}
    ),

    turnarounds as (
        select
            queue_id,
            period,
            {{ survival_quantile(0.5) }} as turnaround_p50_hours,
            {{ survival_quantile(0.5, "survival_low") }} as turnaround_p50_hours_low,
            {{ survival_quantile(0.5, "survival_high") }} as turnaround_p50_hours_high,
            {{ survival_quantile(0.95) }} as turnaround_p95_hours,
            {{ survival_quantile(0.95, "survival_low") }} as turnaround_p95_hours_low,
            {{ survival_quantile(0.95, "survival_high") }} as turnaround_p95_hours_high
        from turnaround_steps
        group by queue_id, period
    ),

    counts as (
        select
            queue_id,
            period,
            count(*) as task_count,
            count(*) filter (where first_opened_at is not null) as opened_count,
            count(*) filter (where not is_turnaround_censored) as decided_count,
            count(*) filter (where is_turnaround_censored) as open_count,
            count(*) filter (where escalation_count > 0) as escalated_count,
            count(*) filter (where skip_count > 0) as skipped_count,
            sum(active_seconds::decimal(18, 3)) filter (where not is_turnaround_censored)::double
            / nullif(
                count(active_seconds) filter (where not is_turnaround_censored), 0
            ) as handle_mean_seconds,
            quantile_cont(active_seconds, 0.9) filter (
                where not is_turnaround_censored
            ) as handle_p90_seconds
        from work
        group by queue_id, period
    ),

    -- Tasks of one subject and policy that were open at the same time: work done twice.
    doubled as (
        select task_id
        from {{ ref("review_work") }} as review_work
        where not is_golden and qa_of_task_id is null and source <> 'appeal'
        qualify
            created_at
            < max(coalesce(first_decided_at, timestamptz '9999-01-01 00:00:00+00')) over (
                partition by subject_type, subject_id, suspected_policy
                order by created_at, task_id
                rows between unbounded preceding and 1 preceding
            )
    ),

    duplicates as (
        select work.queue_id, work.period, count(*) as duplicate_count
        from work
        semi join doubled using (task_id)
        group by work.queue_id, work.period
    )

select
    counts.queue_id,
    counts.period,
    counts.task_count,
    counts.opened_count,
    counts.decided_count,
    counts.open_count,
    turnarounds.turnaround_p50_hours,
    turnarounds.turnaround_p50_hours_low,
    turnarounds.turnaround_p50_hours_high,
    turnarounds.turnaround_p95_hours,
    turnarounds.turnaround_p95_hours_low,
    turnarounds.turnaround_p95_hours_high,
    counts.handle_mean_seconds,
    counts.handle_p90_seconds,
    counts.escalated_count,
    {{ share("counts.escalated_count", "counts.opened_count") }} as escalated_share,
    {{ wilson_low("counts.escalated_count", "counts.opened_count") }} as escalated_share_low,
    {{ wilson_high("counts.escalated_count", "counts.opened_count") }} as escalated_share_high,
    counts.skipped_count,
    {{ share("counts.skipped_count", "counts.opened_count") }} as skipped_share,
    {{ wilson_low("counts.skipped_count", "counts.opened_count") }} as skipped_share_low,
    {{ wilson_high("counts.skipped_count", "counts.opened_count") }} as skipped_share_high,
    coalesce(duplicates.duplicate_count, 0) as duplicate_count,
    {{ share("coalesce(duplicates.duplicate_count, 0)", "counts.task_count") }} as duplicate_share
from counts
inner join turnarounds using (queue_id, period)
left join duplicates using (queue_id, period)
order by counts.queue_id, counts.period
