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

    counted as (
        select
            labelled.week_starts_on,
            labelled.surface,
            policies_found.policy_id,
            labelled.stratum,
            labelled.inclusion_prob,
            (
                labelled.is_violating
                and (
                    policies_found.policy_id = 'all'
                    or coalesce(labelled.policy_id = policies_found.policy_id, false)
                )
            )::integer as is_counted
        from labelled
        cross join policies_found
    ),

    sized as (
        {{
            horvitz_thompson(
                "counted",
                "is_counted",
                "inclusion_prob",
                by=["week_starts_on", "surface", "policy_id"],
                stratum="stratum",
            )
        }}
    ),

    found as (
        select week_starts_on, surface, policy_id, sum(is_counted)::bigint as violating_count
        from counted
        group by week_starts_on, surface, policy_id
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
    found.violating_count,
    unlabelled.unlabelled_count,
    round(sized.population_estimate, 3) as population_estimate,
    round(sized.mean, 12) as prevalence,
    round(
        {{ wilson_low("sized.mean * sized.effective_count", "sized.effective_count") }}, 12
    ) as prevalence_low,
    round(
        {{ wilson_high("sized.mean * sized.effective_count", "sized.effective_count") }}, 12
    ) as prevalence_high,
    round(sized.effective_count, 3) as effective_count
from sized
inner join found using (week_starts_on, surface, policy_id)
inner join unlabelled using (week_starts_on, surface)
order by week_starts_on, surface, policy_id
