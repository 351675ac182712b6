with

    subjects as (
        select $subject_id as subject_id
        union
        select content_id
        from {{ ref("feat_hash_matches") }}
        where sha256 = $subject_id
    ),

    hits as (
        select
            signal_id, subject_type, subject_id, detected_at, window_starts_at, strength, evidence
        from {{ ref("signals") }}
        semi join subjects using (subject_id)
        where $subject_kind is null or subject_type = $subject_kind
        union all
        -- What was seen on something that the account has part in.
        select
            signals.signal_id,
            signals.subject_type,
            signals.subject_id,
            signals.detected_at,
            signals.window_starts_at,
            signals.strength,
            signals.evidence
        from {{ ref("signal_subjects") }} as behind
        inner join
            {{ ref("signals") }} as signals using (
                signal_id, subject_type, subject_id, window_starts_at, window_ends_at
            )
        where
            behind.account_id = $subject_id
            and behind.subject_id != $subject_id
            and ($subject_kind is null or $subject_kind = 'account')
    )

select
    signal_id,
    any_value(definitions.severity) as severity,
    any_value(definitions.harm_type) as harm_type,
    any_value(definitions.route) as route,
    hits.subject_type,
    hits.subject_id,
    count(*) as hit_count,
    min(hits.detected_at) as first_detected_at,
    max(hits.detected_at) as last_detected_at,
    max(hits.strength) as max_strength,
    arg_max(hits.evidence, (hits.strength, hits.window_starts_at)) as evidence,
    any_value(outcomes.bits) as bits,
    any_value(definitions.next_investigation) as next_investigation
from hits
inner join {{ ref("signal_definitions") }} as definitions using (signal_id)
left join {{ ref("signal_outcomes") }} as outcomes using (signal_id)
group by signal_id, hits.subject_type, hits.subject_id
order by severity, last_detected_at desc, signal_id, hits.subject_type, hits.subject_id
limit $limit
