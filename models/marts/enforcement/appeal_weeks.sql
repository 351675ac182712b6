with

    filed as (
        select
            date_trunc('week', appeals.filed_at)::date as week_starts_on,
            unnest(['all', appeals.policy_id]) as policy_id,
            appeals.turnaround_hours,
            appeals.is_turnaround_censored,
            appeals.is_overturned,
            appeals.is_independent,
            -- A warning takes nothing that could be given back.
            appeals.is_overturned and actions.surface_count > 0 as is_owed,
            (
                epoch_us(coalesce(appeals.reinstated_at, int_snapshot_clock.as_of))
                - epoch_us(appeals.decided_at)
            )
            / 3.6e9::double as kept_hours,
            appeals.reinstated_at is null as is_kept
        from {{ ref("appeals") }} as appeals
        inner join {{ ref("actions") }} as actions using (action_id)
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
    ),

    owed as (select * from filed where is_owed),

    turnaround as (
        {{ kaplan_meier("filed", "turnaround_hours", "is_turnaround_censored", by=["week_starts_on", "policy_id"]) }}
    ),

    turnaround_quantiles as (
        select
            week_starts_on,
            policy_id,
            {{ survival_quantile(0.5) }} as turnaround_p50_hours,
            {{ survival_quantile(0.5, "survival_low") }} as turnaround_p50_hours_low,
            {{ survival_quantile(0.5, "survival_high") }} as turnaround_p50_hours_high,
            {{ survival_quantile(0.95) }} as turnaround_p95_hours
        from turnaround
        group by week_starts_on, policy_id
    ),

    reinstatement as (
        {{ kaplan_meier("owed", "kept_hours", "is_kept", by=["week_starts_on", "policy_id"]) }}
    ),

    reinstatement_quantiles as (
        select week_starts_on, policy_id, {{ survival_quantile(0.5) }} as reinstatement_p50_hours
        from reinstatement
        group by week_starts_on, policy_id
    ),

    counts as (
        select
            week_starts_on,
            policy_id,
            count(*) as appeal_count,
            count(*) filter (where is_turnaround_censored) as open_count,
            count(*) filter (where is_overturned) as overturned_count,
            count(*) filter (where is_owed) as owed_count,
            count(*) filter (where is_owed and is_kept) as still_kept_count,
            count(*) filter (where is_independent is not null) as known_pair_count,
            count(*) filter (where is_independent) as independent_count
        from filed
        group by week_starts_on, policy_id
    )

select
    week_starts_on,
    policy_id,
    counts.appeal_count,
    counts.open_count,
    counts.overturned_count,
    turnaround_quantiles.turnaround_p50_hours,
    turnaround_quantiles.turnaround_p50_hours_low,
    turnaround_quantiles.turnaround_p50_hours_high,
    turnaround_quantiles.turnaround_p95_hours,
    counts.known_pair_count,
    counts.independent_count,
    {{ share("counts.independent_count", "counts.known_pair_count") }} as independent_share,
    {{ wilson_low("counts.independent_count", "counts.known_pair_count") }}
    as independent_share_low,
    {{ wilson_high("counts.independent_count", "counts.known_pair_count") }}
    as independent_share_high,
    counts.owed_count,
    counts.still_kept_count,
    reinstatement_quantiles.reinstatement_p50_hours
from counts
left join turnaround_quantiles using (week_starts_on, policy_id)
left join reinstatement_quantiles using (week_starts_on, policy_id)
order by week_starts_on, policy_id
