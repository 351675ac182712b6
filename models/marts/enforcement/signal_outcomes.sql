with

    bounds as (
        select
            max(value) filter (where bound = 'bits_floor') as bits_floor,
            max(value) filter (where bound = 'bits_cap') as bits_cap,
            max(value) filter (where bound = 'prior_hits') as prior_hits
        from {{ ref("evidence_bounds") }} as evidence_bounds
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where {{ valid_at("int_snapshot_clock.as_of", "evidence_bounds") }}
    ),

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

    hit_labels as (
        select
            hits.signal_id,
            count(*) as hit_count,
            count(*) filter (where label = 'violating') as violating_count,
            count(*) filter (where label = 'benign') as benign_count,
            count(*) filter (where label = 'needs_support') as needs_support_count,
            count(*) filter (where label = 'borderline') as borderline_count
        from hits
        left join
            {{ ref("int_reviewed_subjects") }} as int_reviewed_subjects using (
                subject_type, subject_id
            )
        group by hits.signal_id
    ),

    reviewed as (
        select
            subject_type,
            count(*) filter (where label = 'violating') as violating_count,
            count(*) filter (where label = 'benign') as benign_count,
            count(*) filter (where label = 'needs_support') as needs_support_count
        from {{ ref("int_reviewed_subjects") }}
        group by subject_type
    ),

    outcomes as (
        select
            signal_definitions.signal_id,
            signal_definitions.version,
            signal_definitions.family,
            signal_definitions.route,
            coalesce(signal_counts.judged_type, 'account') as judged_type,
            coalesce(signal_counts.row_count, 0) as row_count,
            signal_counts.first_detected_at,
            signal_counts.last_detected_at,
            coalesce(hit_labels.hit_count, 0) as hit_count,
            coalesce(hit_labels.violating_count, 0) as violating_count,
            coalesce(hit_labels.benign_count, 0) as benign_count,
            coalesce(hit_labels.needs_support_count, 0) as needs_support_count,
            coalesce(hit_labels.borderline_count, 0) as borderline_count,
            case
                when signal_definitions.route = 'support'
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
                when signal_definitions.route = 'support'
                then coalesce(reviewed.needs_support_count, 0)
                else coalesce(reviewed.violating_count, 0)
            end as reviewed_confirmed_count,
            coalesce(
                reviewed.violating_count + reviewed.benign_count + reviewed.needs_support_count, 0
            ) as reviewed_settled_count
        from {{ ref("signal_definitions") }} as signal_definitions
        left join signal_counts using (signal_id)
        left join hit_labels using (signal_id)
        left join reviewed on coalesce(signal_counts.judged_type, 'account') = reviewed.subject_type
    ),

    sides as (
        select
            *,
            settled_count - confirmed_count as unconfirmed_count,
            reviewed_settled_count - reviewed_confirmed_count as reviewed_benign_count
        from outcomes
    ),

    rates as (
        select
            *,
            {{ share("confirmed_count", "reviewed_confirmed_count") }} as hit_rate_confirmed,
            {{ share("unconfirmed_count", "reviewed_benign_count") }} as hit_rate_benign,
            {{ share("prior_hits::double", "reviewed_settled_count") }} as prior_rate
        from sides
        cross join bounds
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
    hit_count,
    settled_count,
    confirmed_count,
    violating_count,
    benign_count,
    needs_support_count,
    borderline_count,
    reviewed_confirmed_count,
    reviewed_benign_count,
    {{ share("confirmed_count", "settled_count") }} as precision,
    {{ wilson_low("confirmed_count", "settled_count") }} as precision_low,
    {{ wilson_high("confirmed_count", "settled_count") }} as precision_high,
    hit_rate_confirmed,
    hit_rate_benign,
    -- With nobody reviewed on one side there is no ratio to speak of, and no evidence.
    round(
        greatest(
            bits_floor,
            least(
                bits_cap,
                coalesce(
                    log2((hit_rate_confirmed + prior_rate) / (hit_rate_benign + prior_rate)), 0
                )
            )
        ),
        4
    )::decimal(9, 4) as bits
from rates
order by signal_id
