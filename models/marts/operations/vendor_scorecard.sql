with

    periods as (
        select double_reviews.*, coalesce(vendor_id, 'staff') as vendor, period
        from {{ ref("double_reviews") }} as double_reviews
        cross join lateral(select unnest(['all', strftime(decided_at, '%Y-%m')]) as period)
        where inclusion_prob > 0
    ),

    -- Each rate has its own denominator: what could have gone wrong in that way. What waits for
    -- an adjudicator has no error yet and counts in none, but in kappa: to leave out those that
    -- disagree would flatter.
    judged as (
        select vendor, period, 'error' as measure, is_error as is_counted, inclusion_prob
        from periods
        union all
        select vendor, period, 'over_enforcement', is_over_enforced, inclusion_prob
        from periods
        where true_label <> 'violating'
        union all
        select vendor, period, 'under_enforcement', is_under_enforced, inclusion_prob
        from periods
        where true_label = 'violating'
        union all
        select vendor, period, 'critical_error', is_critical_error, inclusion_prob
        from periods
        where true_label = 'violating' and severity in ('S0', 'S1')
    ),

    weighted as (
        {{ horvitz_thompson("judged", "is_counted::integer", "inclusion_prob", by=["vendor", "period", "measure"]) }}
    ),

    error_rates as (
        select
            vendor,
            period,
            measure,
            sample_count,
            mean as estimate,
            {{ wilson_low("mean * effective_count", "effective_count") }} as estimate_low,
            {{ wilson_high("mean * effective_count", "effective_count") }} as estimate_high,
            mean * effective_count as part,
            effective_count as whole,
            true as is_lower_better
        from weighted
    ),

    due as (
        select
            vendor, period, sum(due_count) as due_count, sum(met_without_pauses_count) as met_count
        from
            (
                select sla_attainment.*, vendor_id as vendor
                from {{ ref("sla_attainment") }} as sla_attainment
                where vendor_id <> 'nobody'
            )
        cross join lateral(select unnest(['all', strftime(due_month, '%Y-%m')]) as period)
        group by vendor, period
    ),

    attainments as (
        select
            vendor,
            period,
            'sla_attainment' as measure,
            due_count as sample_count,
            {{ share("met_count", "due_count") }} as estimate,
            {{ wilson_low("met_count", "due_count") }} as estimate_low,
            {{ wilson_high("met_count", "due_count") }} as estimate_high,
            met_count as part,
            due_count as whole,
            false as is_lower_better
        from due
    ),

    reviewer_time as (
        select
            coalesce(vendor_id, 'staff') as vendor,
            period,
            reviewer_id,
            sum(worked_minutes) as worked_minutes,
            sum(scheduled_minutes) as scheduled_minutes
        from {{ ref("reviewer_days") }}
        cross join lateral(select unnest(['all', strftime(day, '%Y-%m')]) as period)
        where scheduled_minutes > 0 and worked_minutes is not null
        group by all
    ),

    -- A ratio of sums; people are what varies, so its error is that of their residuals.
    adherences as (
        select
            vendor,
            period,
            'adherence' as measure,
            count(*) as sample_count,
            ratio as estimate,
            case
                when count(*) > 1 then greatest(0, ratio - 1.959963984540054::double * error)
            end as estimate_low,
            case
                when count(*) > 1 then least(1, ratio + 1.959963984540054::double * error)
            end as estimate_high,
            null::double as part,
            null::double as whole,
            false as is_lower_better
        from
            (
                select
                    *,
                    sqrt(
                        sum(
                            ((worked_minutes - ratio * scheduled_minutes) ^ 2)::decimal(38, 6)
                        ) over (partition by vendor, period)::double
                        * count(*) over (partition by vendor, period)
                        / nullif(count(*) over (partition by vendor, period) - 1, 0)
                    )
                    / sum(scheduled_minutes) over (partition by vendor, period) as error
                from
                    (
                        select
                            *,
                            sum(worked_minutes) over (partition by vendor, period)
                            / sum(scheduled_minutes) over (partition by vendor, period) as ratio
                        from reviewer_time
                    )
            )
        group by vendor, period, ratio, error
    ),

    pairs as (
        select
            vendor,
            period,
            first_label = 'violating' as first_is_violating,
            check_label = 'violating' as check_is_violating
        from periods
    ),

    kappas as (
        select
            vendor,
            period,
            'kappa' as measure,
            pair_count as sample_count,
            kappa as estimate,
            case
                when kappa is not null
                then greatest(-1, kappa - 1.959963984540054::double * kappa_std_error)
            end as estimate_low,
            case
                when kappa is not null
                then least(1, kappa + 1.959963984540054::double * kappa_std_error)
            end as estimate_high,
            null::double as part,
            null::double as whole,
            false as is_lower_better
        from
            (
                {{ cohen_kappa("pairs", "first_is_violating", "check_is_violating", by=["vendor", "period"]) }}
            )
    ),

    measures as (
        select *
        from error_rates
        union all
        select *
        from attainments
        union all
        select *
        from adherences
        union all
        select *
        from kappas
    ),

    -- Of what has parts of a whole: kappa and adherence have none.
    priors as ({{ beta_prior("measures", "part", "whole", by=["period", "measure"]) }}),

    rivals as (
        select
            here.vendor,
            here.period,
            here.measure,
            count(*) filter (
                where
                    case
                        when here.is_lower_better
                        then there.estimate_high < here.estimate_low
                        else there.estimate_low > here.estimate_high
                    end
            ) as better_count,
            count(*) filter (
                where
                    case
                        when here.is_lower_better
                        then there.estimate_low > here.estimate_high
                        else there.estimate_high < here.estimate_low
                    end
            ) as worse_count,
            count(*) as rival_count
        from measures as here
        inner join
            measures as there
            on here.period = there.period
            and here.measure = there.measure
            and here.vendor <> there.vendor
        where here.vendor <> 'staff' and there.vendor <> 'staff'
        group by here.vendor, here.period, here.measure
    )

select
    measures.vendor as vendor_id,
    measures.period,
    measures.measure,
    measures.sample_count,
    measures.estimate,
    measures.estimate_low,
    measures.estimate_high,
    (measures.part + priors.prior_count * priors.prior_mean)
    / (measures.whole + priors.prior_count) as shrunk_estimate,
    priors.prior_count,
    case
        when rivals.better_count + rivals.worse_count = rivals.rival_count
        then rivals.better_count + 1
    end as place
from measures
left join priors using (period, measure)
left join rivals using (vendor, period, measure)
order by vendor_id, measures.period, measures.measure
