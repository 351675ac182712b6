{# Fewer actions than this on a surface say nothing about its habits. #}
{% set min_actions = 20 %}
{% set rounds = 200 %}

with

    full_surfaces as (
        select policy_id, severity, prior_strikes, surface, count(*) as action_count
        from {{ ref("consistency_cells") }}
        group by policy_id, severity, prior_strikes, surface
        having count(*) >= {{ min_actions }}
    ),

    members as (
        select
            consistency_cells.action_id,
            consistency_cells.policy_id,
            consistency_cells.severity,
            consistency_cells.prior_strikes,
            consistency_cells.surface,
            consistency_cells.action_type,
            row_number() over (
                partition by
                    consistency_cells.policy_id,
                    consistency_cells.severity,
                    consistency_cells.prior_strikes
                order by consistency_cells.action_id
            ) as place
        from {{ ref("consistency_cells") }} as consistency_cells
        inner join full_surfaces using (policy_id, severity, prior_strikes, surface)
    ),

    -- Round 0 is what happened. In the others each action counts 0, 1, 2 … times (Poisson's
    -- bootstrap), and, for what chance gives, surfaces are dealt out anew within the cell. The
    -- draws are hashes of the action's id, so that they are the same in every build.
    rounds as (
        select
            members.*,
            round_no,
            case
                when round_no = 0
                then 1
                else
                    len(
                        list_filter(
                            [0.367879, 0.735759, 0.919699, 0.981012, 0.996340, 0.999406],
                            lambda bound:bound
                            <= (md5_number_lower(action_id || '|' || round_no) >> 11)
                            / 9007199254740992.0
                        )
                    )
            end as times,
            row_number() over (
                partition by policy_id, severity, prior_strikes, round_no
                order by md5(action_id || '/' || round_no)
            ) as dealt_place
        from members
        cross join range(0, {{ rounds + 1 }}) as numbers(round_no)
    ),

    samples as (
        select
            policy_id,
            severity,
            prior_strikes,
            round_no,
            case when round_no = 0 then 'seen' else 'drawn' end as kind,
            surface,
            action_type,
            times
        from rounds
        union all
        select
            rounds.policy_id,
            rounds.severity,
            rounds.prior_strikes,
            rounds.round_no,
            'dealt',
            members.surface,
            rounds.action_type,
            1
        from rounds
        inner join
            members
            on rounds.policy_id = members.policy_id
            and rounds.severity = members.severity
            and rounds.prior_strikes = members.prior_strikes
            and rounds.dealt_place = members.place
        where rounds.round_no > 0
    ),

    counted as (
        select
            policy_id,
            severity,
            prior_strikes,
            kind,
            round_no,
            surface,
            action_type,
            sum(times)::bigint as times
        from samples
        group by policy_id, severity, prior_strikes, kind, round_no, surface, action_type
    ),

    wholes as (
        select
            *,
            sum(times) over (
                partition by policy_id, severity, prior_strikes, kind, round_no, surface
            ) as whole
        from counted
    ),

    -- A surface of which a round drew no action has no mix.
    mixes as (select *, times / whole as part from wholes where whole > 0),

    -- ½ Σ |p − q| is 1 − Σ min(p, q), and only what both surfaces do adds to the latter.
    pairs as (
        select
            first.policy_id,
            first.severity,
            first.prior_strikes,
            first.kind,
            first.round_no,
            first.surface as surface,
            second.surface as other_surface,
            round(
                1 - sum(
                    case
                        when first.action_type = second.action_type
                        then least(first.part, second.part)
                        else 0
                    end::decimal(18, 12)
                )::double,
                9
            ) as distance
        from mixes as first
        inner join
            mixes as second
            on first.policy_id = second.policy_id
            and first.severity = second.severity
            and first.prior_strikes = second.prior_strikes
            and first.kind = second.kind
            and first.round_no = second.round_no
            and first.surface < second.surface
        group by
            first.policy_id,
            first.severity,
            first.prior_strikes,
            first.kind,
            first.round_no,
            first.surface,
            second.surface
    ),

    widest as (
        select
            policy_id, severity, prior_strikes, surface, other_surface, distance as consistency_gap
        from pairs
        where kind = 'seen'
        qualify
            row_number() over (
                partition by policy_id, severity, prior_strikes
                order by distance desc, surface, other_surface
            )
            = 1
    ),

    gaps as (
        select policy_id, severity, prior_strikes, kind, max(distance) as gap
        from pairs
        group by policy_id, severity, prior_strikes, kind, round_no
    ),

    spreads as (
        select
            policy_id,
            severity,
            prior_strikes,
            quantile_cont(gap, 0.025) filter (where kind = 'drawn') as consistency_gap_low,
            quantile_cont(gap, 0.975) filter (where kind = 'drawn') as consistency_gap_high,
            quantile_cont(gap, 0.95) filter (where kind = 'dealt') as chance_p95
        from gaps
        group by policy_id, severity, prior_strikes
    ),

    sizes as (
        select
            policy_id,
            severity,
            prior_strikes,
            sum(action_count)::bigint as action_count,
            count(*) as surface_count
        from full_surfaces
        group by policy_id, severity, prior_strikes
    )

select
    policy_id,
    severity,
    prior_strikes,
    sizes.action_count,
    sizes.surface_count,
    widest.surface,
    widest.other_surface,
    widest.consistency_gap,
    spreads.consistency_gap_low,
    spreads.consistency_gap_high,
    spreads.chance_p95,
    widest.consistency_gap > spreads.chance_p95 as is_beyond_chance
from widest
inner join spreads using (policy_id, severity, prior_strikes)
inner join sizes using (policy_id, severity, prior_strikes)
order by policy_id, severity, prior_strikes
