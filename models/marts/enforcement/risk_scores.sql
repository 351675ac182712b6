with

    hits as (
        select
            signal_id,
            'account' as subject_type,
            account_id as subject_id,
            count(*) as hit_count,
            min(detected_at) as first_detected_at,
            max(detected_at) as last_detected_at
        from {{ ref("signal_subjects") }}
        group by signal_id, account_id
        union all
        select signal_id, subject_type, subject_id, count(*), min(detected_at), max(detected_at)
        from {{ ref("signals") }}
        where subject_type in ('sender', 'mcp_server')
        group by signal_id, subject_type, subject_id
    ),

    contributions as (
        select
            hits.*,
            signal_outcomes.family,
            signal_outcomes.route,
            signal_outcomes.bits,
            -- Signals of one family see the same thing, so only the strongest of them counts.
            signal_outcomes.route = 'enforcement'
            and row_number() over (
                partition by hits.subject_type, hits.subject_id, signal_outcomes.family
                order by signal_outcomes.bits desc, hits.signal_id
            )
            = 1 as is_counted
        from hits
        inner join {{ ref("signal_outcomes") }} as signal_outcomes using (signal_id)
        -- What is said about the work itself says nothing about the subject.
        where signal_outcomes.route <> 'operations'
    ),

    scores as (
        select
            subject_type,
            subject_id,
            case when bool_or(route = 'support') then 'support' else 'enforcement' end as route,
            coalesce(sum(bits) filter (where is_counted), 0)::decimal(9, 4) as bits,
            count(*) as signal_count,
            count(*) filter (where is_counted) as family_count,
            min(first_detected_at) as first_detected_at,
            max(last_detected_at) as last_detected_at,
            to_json(
                list(
                    struct_pack(
                        signal_id := signal_id,
                        family := family,
                        bits := bits::double,
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
    )

select
    scores.subject_type,
    scores.subject_id,
    scores.route,
    scores.bits,
    coalesce(scores.bits >= escalation_thresholds.bits, false) as is_above_escalation,
    escalation_thresholds.bits as escalation_bits,
    scores.signal_count,
    scores.family_count,
    scores.first_detected_at,
    scores.last_detected_at,
    scores.contributions
from scores
cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
left join
    {{ ref("escalation_thresholds") }} as escalation_thresholds
    on scores.route = escalation_thresholds.route
    and {{ valid_at("int_snapshot_clock.as_of", "escalation_thresholds") }}
order by scores.subject_type, scores.subject_id
