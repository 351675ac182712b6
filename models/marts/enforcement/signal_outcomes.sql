{#
    Whom a signal hits gets reviewed more than others do, so hit rates among the reviewed are no hit
    rates. Reviews say how often a hit is confirmed and how often a miss is; how many were hit at all is
    known of everybody. From the three follow the rates among the confirmed and the benign (Begg and
    Greenes, "Assessment of diagnostic tests when disease verification is subject to selection bias",
    Biometrics 39, 1983).
#}
with

    signal_counts as (
        select
            signal_id,
            count(*) as row_count,
            min(detected_at) as first_detected_at,
            max(detected_at) as last_detected_at,
            -- Senders and servers are judged as such; everything else is judged by its accounts.
            case
                when max(subject_type) in ('sender', 'mcp_server')
                then max(subject_type)
                else 'account'
            end as judged_type
        from {{ ref("signals") }}
        group by signal_id
    ),

    hits as (
        -- An account may be hit in many windows and through many subjects; it is one hit.
        select distinct signal_id, 'account' as subject_type, account_id as subject_id
        from {{ ref("signal_subjects") }}
        union all
        select distinct signal_id, subject_type, subject_id
        from {{ ref("signals") }}
        where subject_type in ('sender', 'mcp_server')
    ),

    populations as (
        select subject_type, count(*) as population_count
        from {{ ref("int_judged_subjects") }}
        group by subject_type
    ),

    -- Who was drawn with a known probability stands for all those who were not.
    reviewed as (
        select
            subject_type,
            subject_id,
            label,
            (1 / coalesce(inclusion_prob, 1))::decimal(18, 6) as review_weight
        from {{ ref("int_reviewed_subjects") }}
    ),

    hit_labels as (
        select
            hits.signal_id,
            count(*) as hit_count,
            count(*) filter (where label = 'violating') as violating_count,
            count(*) filter (where label = 'benign') as benign_count,
            count(*) filter (where label = 'needs_support') as needs_support_count,
            count(*) filter (where label = 'borderline') as borderline_count,
            sum(review_weight) filter (where label = 'violating')::double as violating_weight,
            sum(review_weight) filter (where label = 'needs_support')::double
            as needs_support_weight,
            sum(review_weight) filter (
                where label in ('violating', 'benign', 'needs_support')
            )::double as settled_weight,
            sum(review_weight * review_weight) filter (
                where label in ('violating', 'benign', 'needs_support')
            )::double as settled_weight_squares
        from hits
        left join reviewed using (subject_type, subject_id)
        group by hits.signal_id
    ),

    reviewed_totals as (
        select
            subject_type,
            count(*) filter (where label = 'violating') as violating_count,
            count(*) filter (where label = 'needs_support') as needs_support_count,
            count(*) as settled_count,
            sum(review_weight) filter (where label = 'violating')::double as violating_weight,
            sum(review_weight) filter (where label = 'needs_support')::double
            as needs_support_weight,
            sum(review_weight)::double as settled_weight,
            sum(review_weight * review_weight)::double as settled_weight_squares
        from reviewed
        where label in ('violating', 'benign', 'needs_support')
        group by subject_type
    ),

    outcomes as (
        select
            definitions.signal_id,
            definitions.version,
            definitions.family,
            definitions.route,
            coalesce(signal_counts.judged_type, 'account') as judged_type,
            coalesce(signal_counts.row_count, 0) as row_count,
            signal_counts.first_detected_at,
            signal_counts.last_detected_at,
            coalesce(populations.population_count, 0) as population_count,
            coalesce(hit_labels.hit_count, 0) as hit_count,
            coalesce(hit_labels.violating_count, 0) as violating_count,
            coalesce(hit_labels.benign_count, 0) as benign_count,
            coalesce(hit_labels.needs_support_count, 0) as needs_support_count,
            coalesce(hit_labels.borderline_count, 0) as borderline_count,
            case
                when definitions.route = 'support'
                then coalesce(hit_labels.needs_support_count, 0)
                else coalesce(hit_labels.violating_count, 0)
            end as confirmed_count,
            coalesce(
                hit_labels.violating_count
                + hit_labels.benign_count
                + hit_labels.needs_support_count,
                0
            ) as settled_count,
            case
                when definitions.route = 'support'
                then coalesce(reviewed_totals.needs_support_count, 0)
                else coalesce(reviewed_totals.violating_count, 0)
            end as reviewed_confirmed_count,
            coalesce(reviewed_totals.settled_count, 0) as reviewed_settled_count,
            case
                when definitions.route = 'support'
                then coalesce(hit_labels.needs_support_weight, 0)
                else coalesce(hit_labels.violating_weight, 0)
            end as hit_confirmed_weight,
            coalesce(hit_labels.settled_weight, 0) as hit_settled_weight,
            coalesce(hit_labels.settled_weight_squares, 0) as hit_weight_squares,
            case
                when definitions.route = 'support'
                then coalesce(reviewed_totals.needs_support_weight, 0)
                else coalesce(reviewed_totals.violating_weight, 0)
            end as confirmed_weight,
            coalesce(reviewed_totals.settled_weight, 0) as settled_weight,
            coalesce(reviewed_totals.settled_weight_squares, 0) as weight_squares
        from {{ ref("signal_definitions") }} as definitions
        left join signal_counts using (signal_id)
        left join hit_labels using (signal_id)
        left join
            populations on coalesce(signal_counts.judged_type, 'account') = populations.subject_type
        left join
            reviewed_totals
            on coalesce(signal_counts.judged_type, 'account') = reviewed_totals.subject_type
    ),

    -- Weighted reviews count as many as Kish's effective number of equal ones.
    shares as (
        select
            *,
            {{
                shrunken_share(
                    "confirmed_weight",
                    "settled_weight",
                    "weight_squares",
                    "prior_prevalence",
                    "prior_reviews",
                )
            }} as reviewed_prevalence,
            hit_count / nullif(population_count, 0) as hit_share
        from outcomes
        cross join {{ ref("int_evidence_bounds") }} as int_evidence_bounds
    ),

    precisions as (
        select
            *,
            {{
                shrunken_share(
                    "hit_confirmed_weight",
                    "hit_settled_weight",
                    "hit_weight_squares",
                    "reviewed_prevalence",
                    "prior_reviews",
                )
            }} as precision_shrunken,
            {{
                shrunken_share(
                    "(confirmed_weight - hit_confirmed_weight)",
                    "(settled_weight - hit_settled_weight)",
                    "(weight_squares - hit_weight_squares)",
                    "prior_prevalence",
                    "prior_reviews",
                )
            }} as miss_rate_shrunken
        from shares
    ),

    prevalences as (
        select
            *, precision_shrunken * hit_share + miss_rate_shrunken * (1 - hit_share) as prevalence
        from precisions
    )

select
    signal_id,
    version,
    family,
    route,
    judged_type,
    row_count,
    first_detected_at,
    last_detected_at,
    population_count,
    hit_count,
    settled_count,
    confirmed_count,
    violating_count,
    benign_count,
    needs_support_count,
    borderline_count,
    reviewed_confirmed_count,
    reviewed_settled_count - reviewed_confirmed_count as reviewed_benign_count,
    {{ share("confirmed_count", "settled_count") }} as precision,
    {{ wilson_low("confirmed_count", "settled_count") }} as precision_low,
    {{ wilson_high("confirmed_count", "settled_count") }} as precision_high,
    precision_shrunken,
    miss_rate_shrunken,
    prevalence,
    precision_shrunken * hit_share / prevalence as hit_rate_confirmed,
    (1 - precision_shrunken) * hit_share / (1 - prevalence) as hit_rate_benign,
    -- The ratio of both rates, which is that of the odds after a hit to the odds before.
    {{ bits_between("precision_shrunken", "prevalence") }} as bits
from prevalences
order by signal_id
