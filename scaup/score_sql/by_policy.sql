-- What reviews found of accounts, senders and servers, and whether signals on the way to enforcement had hit them:
-- one row per policy of those found violating, and one row per source of the review of those found benign.
with
    hits as (
        select subject_type, subject_id, min(detected_at) as first_detected_at
        from
            (
                select signal_id, 'account' as subject_type, account_id as subject_id, detected_at
                from snapshot.signals.signal_subjects
                union all
                select signal_id, subject_type, subject_id, detected_at
                from snapshot.signals.signals
                where subject_type in ('sender', 'mcp_server')
            ) as all_hits
        join snapshot.signals.signal_definitions as definitions using (signal_id)
        where definitions.route = 'enforcement'
        group by subject_type, subject_id
    ),
    reviewed as (
        select
            reviews.label,
            case reviews.label when 'violating' then coalesce(reviews.policy_id, 'none') else reviews.task_source end as kind,
            reviews.subject_type,
            reviews.subject_id,
            -- Whom a signal led to was hit for that reason: found otherwise, a subject tells of what signals miss.
            reviews.task_source is distinct from 'signal' as is_found_otherwise,
            hits.subject_id is not null as is_hit,
            hits.first_detected_at,
            coalesce(scores.is_above_escalation, false) as is_above_escalation
        from snapshot.intermediate.int_reviewed_subjects as reviews
        left join hits using (subject_type, subject_id)
        left join snapshot.enforcement.risk_scores as scores using (subject_type, subject_id)
        where reviews.label in ('violating', 'benign') and reviews.subject_type in ('account', 'sender', 'mcp_server')
    ),
    traffic as (
        select
            reviewed.subject_id,
            min(requests.occurred_at) as first_request_at,
            coalesce(
                sum(requests.output_tokens) filter (
                where requests.occurred_at < coalesce(reviewed.first_detected_at, 'infinity'::timestamptz)
            ),
                0
            )::bigint as tokens_before_detection
        from reviewed
        join snapshot.intermediate.int_requests as requests on reviewed.subject_id = requests.account_id
        where reviewed.subject_type = 'account' and reviewed.label = 'violating'
        group by reviewed.subject_id
    )
select
    label,
    kind,
    count(*) as subjects,
    count(*) filter (is_hit) as hit,
    count(*) filter (is_hit) / count(*) as share_hit,
    wilson(count(*) filter (is_hit), count(*))[1] as share_hit_lower,
    wilson(count(*) filter (is_hit), count(*))[2] as share_hit_upper,
    count(*) filter (is_found_otherwise) as found_otherwise,
    count(*) filter (is_found_otherwise and is_hit) / nullif(count(*) filter (is_found_otherwise), 0)
    as otherwise_share_hit,
    wilson(count(*) filter (is_found_otherwise and is_hit), count(*) filter (is_found_otherwise))[1]
    as otherwise_share_hit_lower,
    wilson(count(*) filter (is_found_otherwise and is_hit), count(*) filter (is_found_otherwise))[2]
    as otherwise_share_hit_upper,
    count(*) filter (is_above_escalation) as above_escalation,
    count(*) filter (is_above_escalation) / count(*) as share_escalated,
    wilson(count(*) filter (is_above_escalation), count(*))[1] as share_escalated_lower,
    wilson(count(*) filter (is_above_escalation), count(*))[2] as share_escalated_upper,
    -- A cluster may be known before its next account comes.
    median(
        case
            when first_detected_at < traffic.first_request_at then 0
            else date_diff('second', traffic.first_request_at, first_detected_at) / 86400
        end
    ) as median_days_to_detection,
    sum(traffic.tokens_before_detection)::bigint as tokens_before_detection
from reviewed
left join traffic using (subject_id)
group by label, kind
order by label desc, kind;
