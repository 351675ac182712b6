with

    daily as (
        select
            date_trunc('week', action_date)::date as period_starts_on,
            surface,
            policy_id,
            sum(action_count)::bigint as action_count,
            sum(proactive_count)::bigint as proactive_count,
            sum(automated_fully_count + automated_partially_count)::bigint as automated_count
        from {{ ref("enforcement_daily") }}
        group by date_trunc('week', action_date), surface, policy_id
    ),

    reports as (
        select
            date_trunc('week', received_on)::date as period_starts_on,
            reason_code as policy_id,
            sum(report_count)::bigint as report_count,
            sum(valid_count)::bigint as valid_count,
            sum(assessed_count)::bigint as assessed_count,
            sum(actioned_count)::bigint as actioned_count,
            sum(decided_count)::bigint as decided_count
        from {{ ref("report_days") }}
        where channel = 'all'
        group by date_trunc('week', received_on), reason_code
    ),

    signals as (
        select
            week_starts_on as period_starts_on,
            sum(hit_count)::bigint as hit_count,
            sum(settled_count)::bigint as settled_count,
            sum(confirmed_count)::bigint as confirmed_count
        from {{ ref("signal_weeks") }}
        group by week_starts_on
    ),

    attained as (
        select
            due_month,
            queue_id,
            sum(met_count) as met_count,
            sum(met_without_pauses_count) as met_without_pauses_count,
            sum(due_count) as due_count
        from {{ ref("sla_attainment") }}
        group by due_month, queue_id
    ),

    queue_months as (
        select *, (period || '-01')::date as month_starts_on
        from {{ ref("queue_performance") }}
        where period <> 'all'
    ),

    -- The state at the end of each week: a backlog is no sum over days.
    backlogs as (
        select
            date_trunc('week', day)::date as week_starts_on,
            queue_id,
            backlog_count,
            backlog_age_p95_hours
        from {{ ref("queue_days") }}
        where isodow(day) = 7
    ),

    counted as (
        select
            'M01' as metric_id,
            'Actions' as name,
            period_starts_on,
            surface,
            policy_id,
            action_count as part_count,
            null::bigint as whole_count
        from daily
        union all
        select
            'M03',
            'Proactive share',
            period_starts_on,
            surface,
            policy_id,
            proactive_count,
            action_count
        from daily
        union all
        select
            'M04',
            'Automation share',
            period_starts_on,
            surface,
            policy_id,
            automated_count,
            action_count
        from daily
        union all
        select
            'M09',
            'Appeal rate',
            cohort_month,
            'all',
            policy_id,
            mature_appealed_count,
            mature_action_count
        from {{ ref("appeal_cohorts") }}
        union all
        select
            'M10', 'Overturn rate', cohort_month, 'all', policy_id, overturned_count, decided_count
        from {{ ref("appeal_cohorts") }}
        union all
        select
            'M10',
            'Overturned share of actions',
            cohort_month,
            'all',
            policy_id,
            overturned_count,
            action_count
        from {{ ref("appeal_cohorts") }}
        union all
        select
            'M13',
            'Independent appeals',
            week_starts_on,
            'all',
            policy_id,
            independent_count,
            known_pair_count
        from {{ ref("appeal_weeks") }}
        where policy_id <> 'all'
        union all
        select 'M15', 'Reports received', period_starts_on, 'all', policy_id, report_count, null
        from reports
        where policy_id <> 'all'
        union all
        select
            'M16',
            'Report validity',
            period_starts_on,
            'all',
            policy_id,
            valid_count,
            assessed_count
        from reports
        where policy_id <> 'all'
        union all
        select
            'M17',
            'Report precision',
            period_starts_on,
            'all',
            policy_id,
            actioned_count,
            decided_count
        from reports
        where policy_id <> 'all'
        union all
        select 'M40', 'Signal yield', period_starts_on, 'all', 'every', confirmed_count, hit_count
        from signals
        union all
        select
            'M40',
            'Signal precision by week',
            period_starts_on,
            'all',
            'every',
            confirmed_count,
            settled_count
        from signals
        union all
        select 'M14', 'Restored on time', due_month, 'all', sender_tier, on_time_count, due_count
        from {{ ref("restoration_months") }}
        where sender_tier <> 'all'
        union all
        select
            'M21',
            'Intimate images removed in 48 h',
            due_month,
            'all',
            'ibsa',
            in_time_count,
            due_count
        from {{ ref("removal_months") }}
        union all
        select
            'M22',
            'SLA attainment',
            due_month,
            'all',
            queue_id,
            met_count::bigint,
            due_count::bigint
        from attained
        union all
        select
            'M22',
            'SLA attainment, net',
            due_month,
            'all',
            queue_id,
            met_without_pauses_count::bigint,
            due_count::bigint
        from attained
        union all
        select
            'M23',
            'Notice validity',
            month_starts_on,
            'all',
            sender_tier,
            complete_count,
            notice_count
        from {{ ref("notice_months") }}
        where sender_tier <> 'all'
        union all
        select
            'M35',
            'Escalated share',
            month_starts_on,
            'all',
            queue_id,
            escalated_count,
            opened_count
        from queue_months
        union all
        select 'M35', 'Skipped share', month_starts_on, 'all', queue_id, skipped_count, opened_count
        from queue_months
        union all
        select
            'M36',
            'Decision completeness',
            week_starts_on,
            'all',
            'every',
            complete_count,
            decision_count
        from {{ ref("decision_weeks") }}
        union all
        select 'M51', 'Lead yield', month_starts_on, 'all', source, confirmed_count, lead_count
        from {{ ref("lead_yield_months") }}
        where source <> 'all'
        union all
        select
            'M55',
            'Surface coverage',
            date_trunc('week', day)::date,
            'all',
            'every',
            sum(registered_count)::bigint,
            sum(request_count)::bigint
        from {{ ref("surface_days") }}
        group by date_trunc('week', day)
        union all
        select
            'M74', 'Duplicate load', month_starts_on, 'all', queue_id, duplicate_count, task_count
        from queue_months
        union all
        select
            'M59',
            'Funnel conversion',
            month_starts_on,
            'all',
            stage || ' to ' || next_stage,
            next_count,
            stage_count
        from {{ ref("funnel_months") }}
    ),

    -- A thing has one policy, so policies add up; it may have several surfaces, so these do not.
    totalled as (
        select metric_id, name, period_starts_on, surface, policy_id, part_count, whole_count
        from counted
        where policy_id <> 'every'
        union all
        select
            metric_id,
            name,
            period_starts_on,
            surface,
            'all',
            sum(part_count)::bigint,
            sum(whole_count)::bigint
        from counted
        where metric_id <> 'M59'
        group by metric_id, name, period_starts_on, surface
    ),

    estimated as (
        select
            'M08' as metric_id,
            'Prevalence' as name,
            week_starts_on as period_starts_on,
            surface,
            policy_id,
            violating_count as part_count,
            sample_count as whole_count,
            prevalence as value,
            prevalence_low as value_low,
            prevalence_high as value_high
        from {{ ref("prevalence_weeks") }}
        union all
        select
            'M11',
            'Appeal turnaround',
            week_starts_on,
            'all',
            policy_id,
            null,
            appeal_count,
            turnaround_p50_hours,
            turnaround_p50_hours_low,
            turnaround_p50_hours_high
        from {{ ref("appeal_weeks") }}
        union all
        select
            'M18',
            'Acknowledgement p95',
            week_starts_on,
            'all',
            'all',
            null,
            report_count,
            ack_p95_hours,
            null,
            null
        from {{ ref("report_ack_weeks") }}
        where channel = 'all'
        union all
        select
            'M05',
            'Time to action',
            month_starts_on,
            'all',
            'all',
            null,
            account_count,
            action_p50_hours,
            action_p50_hours_low,
            action_p50_hours_high
        from {{ ref("time_to_action_months") }}
        where severity = 'all'
        union all
        select
            case outcome when 'new_account' then 'M56' else 'M60' end,
            case outcome when 'new_account' then 'Evasion rate' else 'Recidivism' end,
            cohort_month,
            'all',
            'all',
            null,
            entity_count,
            return_rate,
            return_rate_low,
            return_rate_high
        from {{ ref("return_curves") }}
        where link_strength = 'strict' and horizon_days = 30 and cohort_month > date '1970-01-01'
        union all
        select
            'M26',
            'Turnaround, median',
            month_starts_on,
            'all',
            queue_id,
            null,
            task_count,
            turnaround_p50_hours,
            turnaround_p50_hours_low,
            turnaround_p50_hours_high
        from queue_months
        union all
        select
            'M26',
            'Turnaround, p95',
            month_starts_on,
            'all',
            queue_id,
            null,
            task_count,
            turnaround_p95_hours,
            turnaround_p95_hours_low,
            turnaround_p95_hours_high
        from queue_months
        union all
        select
            'M27',
            'Active handle time, mean',
            month_starts_on,
            'all',
            queue_id,
            null,
            decided_count,
            handle_mean_seconds,
            null,
            null
        from queue_months
        union all
        select
            'M28',
            'Backlog',
            week_starts_on,
            'all',
            either,
            null,
            null,
            sum(backlog_count),
            null,
            null
        from backlogs
        cross join lateral(select unnest(['all', queue_id]) as either)
        group by week_starts_on, either
        union all
        select
            'M28',
            'Backlog age, p95',
            week_starts_on,
            'all',
            queue_id,
            null,
            backlog_count,
            backlog_age_p95_hours,
            null,
            null
        from backlogs
        union all
        select
            'M30',
            'Adherence',
            (period || '-01')::date,
            'all',
            vendor_id,
            null,
            sample_count,
            estimate,
            estimate_low,
            estimate_high
        from {{ ref("vendor_scorecard") }}
        where measure = 'adherence' and period <> 'all'
        union all
        select
            'M43',
            'Population stability',
            week_starts_on,
            'all',
            classifier_id || ' ' || version,
            null,
            score_count,
            psi,
            null,
            null
        from {{ ref("score_drift_weeks") }}
        union all
        select
            'M45',
            'Evaluation pass rate',
            started_at::date,
            'all',
            eval_id,
            null,
            item_count,
            pass_rate,
            pass_rate_low,
            pass_rate_high
        from {{ ref("eval_run_results") }}
        where is_valid
        qualify
            row_number() over (
                partition by eval_id, started_at::date order by started_at desc, run_id desc
            )
            = 1
    )

select
    metric_id::varchar as metric_id,
    name::varchar as name,
    period_starts_on,
    surface::varchar as surface,
    policy_id::varchar as policy_id,
    part_count,
    whole_count,
    case
        when whole_count is null
        then part_count::double
        else {{ share("part_count", "whole_count") }}
    end as value,
    {{ wilson_low("part_count", "whole_count") }} as value_low,
    {{ wilson_high("part_count", "whole_count") }} as value_high
from totalled
union all
select
    metric_id,
    name,
    period_starts_on,
    surface,
    policy_id,
    part_count,
    whole_count::bigint,
    value,
    value_low,
    value_high
from estimated
order by metric_id, name, period_starts_on, surface, policy_id
