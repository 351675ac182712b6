with

    labelled as (
        select
            date_trunc('week', prevalence_samples.occurred_at)::date as week_starts_on,
            unnest(['all', surface]) as surface,
            stratum,
            label = 'violating' as is_violating,
            policy_id,
            inclusion_prob
        from {{ ref("stg_prevalence_samples") }} as prevalence_samples
        where label is not null
    ),

    policies_found as (
        select 'all' as policy_id
        union
        select policy_id
        from labelled
        where is_violating and policy_id is not null
    ),

    -- Design cells: all requests of a cell were drawn with the same probability.
    cells as (
        select
            labelled.week_starts_on,
            labelled.surface,
            policies_found.policy_id,
            labelled.stratum,
            labelled.inclusion_prob,
            count(*) as sample_count,
            count(*) filter (
                where
                    labelled.is_violating
                    and (
                        policies_found.policy_id = 'all'
                        or labelled.policy_id = policies_found.policy_id
                    )
            ) as violating_count
        from labelled
        cross join policies_found
        group by
            labelled.week_starts_on,
            labelled.surface,
            policies_found.policy_id,
            labelled.stratum,
            labelled.inclusion_prob
    ),

    totals as (
        select
            *,
            sum((sample_count / inclusion_prob)::decimal(38, 9)) over grains as population,
            sum((violating_count / inclusion_prob)::decimal(38, 9)) over grains as violating
        from cells
        window grains as (partition by week_starts_on, surface, policy_id)
    ),

    means as (
        select
            *,
            violating::double / population::double as mean,
            -- Half a case more each way: a cell in which nothing was found is not known to be
            -- empty.
            (violating_count + 0.5) / (sample_count + 1) as cell_share
        from totals
    ),

    estimates as (
        select
            week_starts_on,
            surface,
            policy_id,
            sum(sample_count)::bigint as sample_count,
            sum(violating_count)::bigint as violating_count,
            population::double as population_estimate,
            mean,
            sum(
                (
                    (1 - inclusion_prob)
                    / inclusion_prob ^ 2
                    * sample_count
                    * (cell_share * (1 - mean) ^ 2 + (1 - cell_share) * mean ^ 2)
                )::decimal(38, 9)
            )::double
            / population::double ^ 2 as variance,
            population::double ^ 2
            / sum((sample_count / inclusion_prob ^ 2)::decimal(38, 9))::double as kish_count
        from means
        group by week_starts_on, surface, policy_id, population, mean
    ),

    sized as (
        select
            * exclude (variance, kish_count),
            case
                when mean > 0 and mean < 1 and variance > 0
                then mean * (1 - mean) / variance
                else kish_count
            end as effective_count
        from estimates
    ),

    drawn as (
        select
            date_trunc('week', occurred_at)::date as week_starts_on,
            unnest(['all', surface]) as surface,
            label is null as is_unlabelled
        from {{ ref("stg_prevalence_samples") }}
    ),

    unlabelled as (
        select week_starts_on, surface, count(*) filter (where is_unlabelled) as unlabelled_count
        from drawn
        group by week_starts_on, surface
    )

select
    week_starts_on,
    surface,
    policy_id,
    sized.sample_count,
    sized.violating_count,
    unlabelled.unlabelled_count,
    round(sized.population_estimate, 3) as population_estimate,
    round(sized.mean, 12) as prevalence,
    round(
        {{ wilson_low("(sized.mean * sized.effective_count)", "sized.effective_count") }}, 12
    ) as prevalence_low,
    round(
        {{ wilson_high("(sized.mean * sized.effective_count)", "sized.effective_count") }}, 12
    ) as prevalence_high,
    round(sized.effective_count, 3) as effective_count
from sized
inner join unlabelled using (week_starts_on, surface)
order by week_starts_on, surface, policy_id
