with

    hits as (
        select
            signal_id,
            'account' as subject_type,
            account_id as subject_id,
            max(strength) as strength
        from {{ ref("signal_subjects") }}
        group by signal_id, account_id
        union all
        select signal_id, subject_type, subject_id, max(strength)
        from {{ ref("signals") }}
        where subject_type in ('sender', 'mcp_server')
        group by signal_id, subject_type, subject_id
    ),

    banded_hits as (
        select
            hits.signal_id,
            subjects.surface,
            {{ strength_band("hits.strength") }} as band,
            outcomes.route,
            reviewed.label,
            -- Who was drawn with a known probability stands for all those who were not.
            case
                when reviewed.label is not null
                then (1 / coalesce(reviewed.inclusion_prob, 1))::decimal(18, 6)
            end as review_weight
        from hits
        inner join {{ ref("int_judged_subjects") }} as subjects using (subject_type, subject_id)
        inner join {{ ref("signal_outcomes") }} as outcomes using (signal_id)
        left join
            {{ ref("int_reviewed_subjects") }} as reviewed
            on hits.subject_type = reviewed.subject_type
            and hits.subject_id = reviewed.subject_id
            and reviewed.label <> 'borderline'
    ),

    judged_hits as (
        select
            *,
            label
            = case when route = 'support' then 'needs_support' else 'violating' end as is_confirmed
        from banded_hits
    ),

    cells as (
        select
            signal_id,
            surface,
            band,
            count(*) as hit_count,
            count(label) as settled_count,
            count(*) filter (is_confirmed) as confirmed_count
        from judged_hits
        group by signal_id, surface, band
    ),

    bands as (
        select
            signal_id,
            band,
            sum(review_weight) filter (is_confirmed)::double as confirmed_weight,
            sum(review_weight)::double as settled_weight,
            sum(review_weight * review_weight)::double as weight_squares
        from judged_hits
        group by signal_id, band
    ),

    populations as (
        select subject_type, surface, count(*) as population_count
        from {{ ref("int_judged_subjects") }}
        group by subject_type, surface
    ),

    -- A strong hit is worth no less than hits of the signal are as a whole. A weak one may be
    -- worth less, so only what reviews said of weak hits speaks for it.
    likenesses as (
        select
            bands.signal_id,
            bands.band,
            case
                bands.band
                when 'strong'
                then outcomes.precision_shrunken
                else
                    {{
                        shrunken_share(
                            "bands.confirmed_weight",
                            "bands.settled_weight",
                            "bands.weight_squares",
                            "outcomes.prevalence",
                            "int_evidence_bounds.prior_reviews",
                        )
                    }}
            end as precision_shrunken
        from bands
        inner join {{ ref("signal_outcomes") }} as outcomes using (signal_id)
        cross join {{ ref("int_evidence_bounds") }} as int_evidence_bounds
    ),

    -- A surface with few reviews says what all surfaces say.
    shares as (
        select
            cells.*,
            outcomes.route,
            outcomes.prevalence,
            populations.population_count,
            (
                cells.confirmed_count
                + int_evidence_bounds.cell_reviews * likenesses.precision_shrunken
            )
            / (cells.settled_count + int_evidence_bounds.cell_reviews) as precision_shrunken,
            int_evidence_bounds.bits_floor,
            int_evidence_bounds.bits_cap
        from cells
        inner join likenesses using (signal_id, band)
        inner join {{ ref("signal_outcomes") }} as outcomes using (signal_id)
        inner join
            populations
            on outcomes.judged_type = populations.subject_type
            and cells.surface = populations.surface
        cross join {{ ref("int_evidence_bounds") }} as int_evidence_bounds
    )

select
    signal_id,
    surface,
    band,
    hit_count,
    population_count,
    settled_count,
    confirmed_count,
    precision_shrunken,
    -- Hits that were not confirmed, expected among those not reviewed, over all benign on the
    -- surface.
    hit_count
    * (1 - precision_shrunken)
    / (population_count * (1 - prevalence)) as benign_base_rate,
    {{ bits_between("precision_shrunken", "prevalence") }} as bits
from shares
order by signal_id, surface, band
