with

    bounds as (
        select
            max(value) filter (where bound = 'bits_floor') as bits_floor,
            max(value) filter (where bound = 'bits_cap') as bits_cap,
            max(value) filter (where bound = 'cell_reviews') as cell_reviews
        from {{ ref("evidence_bounds") }} as evidence_bounds
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where {{ valid_at("int_snapshot_clock.as_of", "evidence_bounds") }}
    ),

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
            reviewed.label
        from hits
        inner join {{ ref("int_judged_subjects") }} as subjects using (subject_type, subject_id)
        inner join {{ ref("signal_outcomes") }} as outcomes using (signal_id)
        left join
            {{ ref("int_reviewed_subjects") }} as reviewed
            on hits.subject_type = reviewed.subject_type
            and hits.subject_id = reviewed.subject_id
            and reviewed.label <> 'borderline'
    ),

    cells as (
        select
            signal_id,
            surface,
            band,
            count(*) as hit_count,
            count(label) as settled_count,
            count(*) filter (
                where label = case when route = 'support' then 'needs_support' else 'violating' end
            ) as confirmed_count
        from banded_hits
        group by signal_id, surface, band
    ),

    populations as (
        select subject_type, surface, count(*) as population_count
        from {{ ref("int_judged_subjects") }}
        group by subject_type, surface
    ),

    -- A cell with few reviews says what the signal says as a whole.
    shares as (
        select
            cells.*,
            outcomes.route,
            outcomes.prevalence,
            populations.population_count,
            (cells.confirmed_count + bounds.cell_reviews * outcomes.precision_shrunken)
            / (cells.settled_count + bounds.cell_reviews) as precision_shrunken,
            bounds.bits_floor,
            bounds.bits_cap
        from cells
        inner join {{ ref("signal_outcomes") }} as outcomes using (signal_id)
        inner join
            populations
            on outcomes.judged_type = populations.subject_type
            and cells.surface = populations.surface
        cross join bounds
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
