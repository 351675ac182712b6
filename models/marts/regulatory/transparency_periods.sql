with

    own_months as (
        select
            date_trunc('month', action_date)::date as period_starts_on,
            policy_id,
            sum(action_count)::double as actions,
            sum(proactive_count)::double as proactive_actions,
            sum(automated_fully_count + automated_partially_count)::double as automated_actions,
            sum(reversed_count)::double as reversed_actions
        from {{ ref("enforcement_daily") }}
        where surface = 'all'
        group by date_trunc('month', action_date), policy_id
    ),

    own_reports as (
        select
            date_trunc('month', received_on)::date as period_starts_on,
            reason_code as policy_id,
            sum(report_count)::double as reports
        from {{ ref("report_days") }}
        where channel = 'all' and reason_code <> 'all'
        group by date_trunc('month', received_on), reason_code
    ),

    own as (
        select
            period_starts_on, policy_id, 'M01' as metric_id, 'Actions' as series, actions as value
        from own_months
        union all
        select
            period_starts_on, policy_id, 'M03', 'Actions on our own initiative', proactive_actions
        from own_months
        union all
        select
            period_starts_on, policy_id, 'M04', 'Actions decided with automation', automated_actions
        from own_months
        union all
        select period_starts_on, policy_id, null, 'Actions reversed since', reversed_actions
        from own_months
        union all
        select period_starts_on, policy_id, 'M15', 'User reports received', reports
        from own_reports
    ),

    own_both as (
        select period_starts_on, 'policy=' || policy_id as breakdown, metric_id, series, value
        from own
        union all
        select period_starts_on, 'all', metric_id, series, sum(value)
        from own
        group by period_starts_on, metric_id, series
    )

select
    'own'::varchar as publisher,
    series::varchar as series,
    breakdown::varchar as breakdown,
    'month'::varchar as period_kind,
    period_starts_on,
    (period_starts_on + interval 1 month)::date as period_ends_on,
    value,
    true as is_own,
    metric_id::varchar as metric_id,
    null::timestamptz as known_at
from own_both
union all
select
    publisher,
    report || ': ' || series,
    breakdown,
    period_kind,
    period_starts_on,
    period_ends_on,
    value,
    false,
    null,
    recorded_at
from {{ ref("published_figures") }}
order by publisher, series, breakdown, period_starts_on, period_ends_on
