with

    entities as (
        select
            unnest([date_trunc('month', occurred_at)::date, date '1970-01-01']) as cohort_month,
            link_strength,
            outcome,
            duration_days,
            is_censored
        from {{ ref("entity_returns") }}
    ),

    curves as (
        {{ kaplan_meier("entities", "duration_days", "is_censored", by=["cohort_month", "link_strength", "outcome"]) }}
    ),

    counts as (
        select
            cohort_month,
            link_strength,
            outcome,
            count(*) as entity_count,
            count(*) filter (where not is_censored) as returned_count,
            max(duration_days) as followed_days
        from entities
        group by cohort_month, link_strength, outcome
    ),

    horizons as (
        select counts.*, horizon_days
        from counts
        cross join (values (7), (14), (30), (60), (90)) as days(horizon_days)
        -- Beyond the longest follow-up the curve is a guess.
        where horizon_days <= followed_days
    ),

    at_horizons as (
        select
            horizons.*,
            arg_min(curves.at_risk_count, curves.duration) filter (
                where curves.duration >= horizons.horizon_days
            ) as followed_count,
            coalesce(
                arg_min(curves.at_risk_count, curves.duration) filter (
                    where curves.duration > horizons.horizon_days
                ),
                0
            ) as followed_longer_count,
            coalesce(
                arg_max(curves.survival, curves.duration) filter (
                    where curves.duration <= horizons.horizon_days
                ),
                1
            ) as survival,
            arg_max(curves.survival_low, curves.duration) filter (
                where curves.duration <= horizons.horizon_days
            ) as survival_low,
            coalesce(
                arg_max(curves.survival_high, curves.duration) filter (
                    where curves.duration <= horizons.horizon_days
                ),
                1
            ) as survival_high
        from horizons
        inner join curves using (cohort_month, link_strength, outcome)
        group by all
    )

select
    cohort_month,
    link_strength,
    outcome,
    horizon_days,
    entity_count,
    returned_count,
    followed_longer_count,
    round(1 - survival, 12) as return_rate,
    -- Once all have come back the interval is unknown; what it began with before still holds.
    round(1 - survival_high, 12) as return_rate_low,
    case
        -- Nobody seen to return is not nobody returning: then the end is Wilson's, of those still
        -- followed.
        when survival = 1
        then round({{ wilson_high("0", "followed_count") }}, 12)
        when survival = 0
        then 1
        else round(1 - survival_low, 12)
    end as return_rate_high
from at_horizons
order by cohort_month, link_strength, outcome, horizon_days
