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
    min(definitions.severity) as severity,
    definitions.harm_type,
    any_value(harm_types.at_risk) as at_risk,
    any_value(harm_types.first_step) as first_step,
    list(distinct definitions.route order by definitions.route) as routes,
    count(distinct signal_id) as signal_count,
    count(*) as hit_count,
    min(hits.detected_at) as first_detected_at,
    max(hits.detected_at) as last_detected_at,
    list(distinct signal_id order by signal_id) as signals,
    list(
        distinct definitions.next_investigation order by definitions.next_investigation
    ) as next_investigations
from hits
inner join {{ ref("signal_definitions") }} as definitions using (signal_id)
cross join {{ ref("int_snapshot_clock") }} as clock
left join
    {{ ref("harm_types") }} as harm_types
    on definitions.harm_type = harm_types.harm_type
    and clock.as_of >= harm_types.valid_from
    and coalesce(clock.as_of < harm_types.valid_to, true)
group by definitions.harm_type
order by severity, definitions.harm_type
limit $limit
