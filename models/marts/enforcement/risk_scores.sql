with

    hits as (
        select
            signal_id,
            'account' as subject_type,
            account_id as subject_id,
            count(*) as hit_count,
            max(strength) as strength,
            min(detected_at) as first_detected_at,
            max(detected_at) as last_detected_at
        from {{ ref("signal_subjects") }}
        group by signal_id, account_id
        union all
        select
            signal_id,
            subject_type,
            subject_id,
            count(*),
            max(strength),
            min(detected_at),
            max(detected_at)
        from {{ ref("signals") }}
        where subject_type in ('sender', 'mcp_server')
        group by signal_id, subject_type, subject_id
    ),

    contributions as (
        select
            hits.*,
            definitions.family,
            definitions.route,
            signal_bits.surface,
            signal_bits.band,
            signal_bits.bits,
            signal_bits.benign_base_rate,
            -- Signals of one family see the same thing, so only the strongest of them counts.
            definitions.route = 'enforcement'
            and row_number() over (
                partition by hits.subject_type, hits.subject_id, definitions.family
                order by signal_bits.bits desc, hits.signal_id
            )
            = 1 as is_counted
        from hits
        inner join {{ ref("signal_definitions") }} as definitions using (signal_id)
        inner join {{ ref("int_judged_subjects") }} as subjects using (subject_type, subject_id)
        inner join
            {{ ref("signal_bits") }} as signal_bits
            on hits.signal_id = signal_bits.signal_id
            and subjects.surface = signal_bits.surface
            and signal_bits.band = {{ strength_band("hits.strength") }}
        -- What is said about the work itself says nothing about the subject.
        where definitions.route <> 'operations'
    ),

    scores as (
        select
            subject_type,
            subject_id,
            case when bool_or(route = 'support') then 'support' else 'enforcement' end as route,
            coalesce(sum(bits) filter (where is_counted), 0)::decimal(9, 4) as bits,
            count(*) as signal_count,
            count(*) filter (where is_counted) as family_count,
            count(*) filter (where is_counted and bits >= 1) as telling_family_count,
            -- Senders and servers are few, and judged over all that they sent.
            subject_type = 'account'
            and sum(hit_count) = 1
            and bool_and(band = 'weak') as is_single_weak_hit,
            min(first_detected_at) as first_detected_at,
            max(last_detected_at) as last_detected_at,
            to_json(
                list(
                    struct_pack(
                        signal_id := signal_id,
                        family := family,
                        surface := surface,
                        band := band,
                        bits := bits::double,
                        benign_base_rate := benign_base_rate,
                        is_counted := is_counted,
                        hit_count := hit_count,
                        first_detected_at := first_detected_at,
                        last_detected_at := last_detected_at
                    )
                    order by is_counted desc, bits desc, signal_id
                )
            ) as contributions
        from contributions
        group by subject_type, subject_id
    ),

    held_to as (
        select
            scores.*,
            case
                when scores.telling_family_count > 1
                then escalation_thresholds.bits
                when scores.is_single_weak_hit
                then escalation_thresholds.single_hit_bits
                else escalation_thresholds.alone_bits
            end as escalation_bits
        from scores
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        left join
            {{ ref("escalation_thresholds") }} as escalation_thresholds
            on scores.route = escalation_thresholds.route
            and {{ valid_at("int_snapshot_clock.as_of", "escalation_thresholds") }}
    )

select
    subject_type,
    subject_id,
    route,
    bits,
    coalesce(bits >= escalation_bits, false) as is_above_escalation,
    escalation_bits,
    signal_count,
    family_count,
    telling_family_count,
    first_detected_at,
    last_detected_at,
    contributions
from held_to
order by subject_type, subject_id
