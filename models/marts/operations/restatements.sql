{# A month is closed, and its figures published, so many days after it ended. #}
{% set closing_days = 5 %}

with

    versions as (
        select
            'M01' as metric_id,
            'Actions' as name,
            action_id as fact_id,
            date_trunc('month', occurred_at)::date as month_starts_on,
            reverses_action_id is null as counts,
            recorded_at
        from {{ ref("stg_enforcement_actions") }}
        union all
        select
            'M09',
            'Appeals filed',
            appeal_id,
            date_trunc('month', filed_at)::date,
            true,
            recorded_at
        from {{ ref("stg_appeals_history") }}
        union all
        select
            'M10',
            'Appeals overturned',
            appeal_id,
            date_trunc('month', decided_at)::date,
            -- Undecided again it counts no more.
            decided_at is not null
            and coalesce(outcome in ('overturned', 'partly_overturned'), false),
            recorded_at
        from {{ ref("stg_appeals_history") }}
        union all
        select
            'M15',
            'Reports received',
            report_id,
            date_trunc('month', received_at)::date,
            true,
            recorded_at
        from {{ ref("stg_user_reports_history") }}
        union all
        select
            'M16',
            'Valid reports',
            report_id,
            date_trunc('month', received_at)::date,
            coalesce(valid, false),
            recorded_at
        from {{ ref("stg_user_reports_history") }}
    ),

    months as (
        -- A fact has several versions in a month.
        select distinct
            metric_id,
            name,
            fact_id,
            month_starts_on,
            (month_starts_on + interval 1 month)::timestamptz
            + to_days({{ closing_days }}) as closes_at
        from versions
        where month_starts_on is not null
    ),

    -- What was known of a fact when a month was closed, and what is known of it now.
    facts as (
        select
            months.metric_id,
            months.name,
            months.fact_id,
            months.month_starts_on,
            months.closes_at,
            min(versions.recorded_at) filter (where versions.month_starts_on is not null)
            < months.closes_at as is_known_then,
            arg_max(
                versions.counts and versions.month_starts_on = months.month_starts_on,
                versions.recorded_at
            ) filter (where versions.recorded_at < months.closes_at) as counted_then,
            arg_max(
                versions.counts and versions.month_starts_on = months.month_starts_on,
                versions.recorded_at
            ) as counts_now
        from months
        inner join versions using (metric_id, name, fact_id)
        group by
            months.metric_id, months.name, months.fact_id, months.month_starts_on, months.closes_at
    ),

    totals as (
        select
            metric_id,
            name,
            month_starts_on,
            closes_at,
            count(*) filter (where counted_then) as value_when_closed,
            count(*) filter (where counts_now) as value_now,
            count(*) filter (where counts_now and not is_known_then) as late_count,
            count(*) filter (
                where counts_now and not counted_then and is_known_then
            ) as corrected_in_count,
            count(*) filter (where counted_then and not counts_now) as corrected_out_count
        from facts
        group by metric_id, name, month_starts_on, closes_at
    )

select
    metric_id,
    name,
    month_starts_on,
    closes_at,
    value_when_closed,
    value_now,
    late_count,
    corrected_in_count,
    corrected_out_count,
    {{ share("abs(value_now - value_when_closed)", "value_when_closed") }} as restated_share,
    case
        when late_count > 0 and corrected_in_count + corrected_out_count > 0
        then 'late rows and corrections'
        when late_count > 0
        then 'late rows'
        when corrected_in_count + corrected_out_count > 0
        then 'corrections'
        else 'none'
    end as cause
from totals
cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
where closes_at <= as_of
order by metric_id, name, month_starts_on
