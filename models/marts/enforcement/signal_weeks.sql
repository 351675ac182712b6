with

    first_hits as (
        select
            signal_id,
            'account' as subject_type,
            account_id as subject_id,
            min(detected_at) as detected_at
        from {{ ref("signal_subjects") }}
        group by signal_id, account_id
        union all
        select signal_id, subject_type, subject_id, min(detected_at)
        from {{ ref("signals") }}
        where subject_type in ('sender', 'mcp_server')
        group by signal_id, subject_type, subject_id
    ),

    counts as (
        select
            first_hits.signal_id,
            signal_definitions.version,
            signal_definitions.route,
            date_trunc('week', first_hits.detected_at)::date as week_starts_on,
            count(*) as hit_count,
            count(*) filter (where label <> 'borderline') as settled_count,
            count(*) filter (
                where label = case when route = 'support' then 'needs_support' else 'violating' end
            ) as confirmed_count
        from first_hits
        inner join {{ ref("signal_definitions") }} as signal_definitions using (signal_id)
        left join {{ ref("int_reviewed_subjects") }} as reviewed using (subject_type, subject_id)
        group by
            first_hits.signal_id,
            signal_definitions.version,
            signal_definitions.route,
            date_trunc('week', first_hits.detected_at)
    )

select
    signal_id,
    version,
    week_starts_on,
    hit_count,
    settled_count,
    confirmed_count,
    {{ share("confirmed_count", "hit_count") }} as signal_yield,
    {{ wilson_low("confirmed_count", "hit_count") }} as signal_yield_low,
    {{ wilson_high("confirmed_count", "hit_count") }} as signal_yield_high,
    {{ share("confirmed_count", "settled_count") }} as settled_precision,
    {{ wilson_low("confirmed_count", "settled_count") }} as settled_precision_low,
    {{ wilson_high("confirmed_count", "settled_count") }} as settled_precision_high
from counts
order by signal_id, week_starts_on
