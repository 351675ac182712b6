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
    count(*) filter (is_above_escalation) / count(*) as share_escalated,
    wilson(count(*) filter (is_above_escalation), count(*))[1] as share_escalated_lower,
    wilson(count(*) filter (is_above_escalation), count(*))[2] as share_escalated_upper,
    -- Of those escalated for the harm that this kind does, how many are actors that do it.
    any_value(accused.accused) as accused,
    any_value(accused.rightly) / nullif(any_value(accused.accused), 0) as precision,
    wilson(any_value(accused.rightly), any_value(accused.accused))[1] as precision_lower,
    wilson(any_value(accused.rightly), any_value(accused.accused))[2] as precision_upper,
    max(bits) as highest_bits,
    median(days_to_detection) as median_days_to_detection,
    median(extracted.tokens_before_detection) as median_tokens_before_detection,
    sum(extracted.tokens_before_detection)::bigint as tokens_before_detection,
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
left join extracted using (subject_id)
left join
    (
        select
            accused_of,
            count(*) as accused,
            count(*) filter (
                planted.role = 'actor'
                -- Who comes back after a ban evades it, whatever else the group does.
                and (planted.harm_type = accused_of or accused_of = 'ban_evasion' and returned.subject_id is not null)
            ) as rightly
        from escalated
        left join answer_key as planted using (subject_type, subject_id)
        left join returned using (subject_id)
        where planted.role is distinct from 'already_banned'
        group by accused_of
    ) as accused
    on accused.accused_of = judged.harm_type
group by role, kind
order by role, kind;
