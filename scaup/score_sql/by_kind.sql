-- One row per planted kind.
select
    role,
    kind,
    count(*) as subjects,
    count(*) filter (is_hit) as hit,
    count(*) filter (is_hit) / count(*) as share_hit,
    wilson(count(*) filter (is_hit), count(*))[1] as share_hit_lower,
    wilson(count(*) filter (is_hit), count(*))[2] as share_hit_upper,
    count(*) filter (is_supported) as supported,
    count(*) filter (is_above_escalation) as above_escalation,
    max(bits) as highest_bits,
    median(days_to_detection) as median_days_to_detection,
    (
        select list(signal_id || ' ' || subject_count order by subject_count desc, signal_id)
        from
            (
                select signal_id, count(*) as subject_count
                from hits
                join answer_key as planted using (subject_type, subject_id)
                where planted.kind = judged.kind and planted.role = judged.role
                group by signal_id
            ) as counted
    ) as signals
from judged
group by role, kind
order by role, kind;
