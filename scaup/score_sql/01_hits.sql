-- The sealed key (temporary table `answer_key`) beside what the attached snapshot (`snapshot`) says.

-- One row per signal and subject that it hit, accounts behind clusters and targets included.
create temp table hits as
select
    all_hits.signal_id,
    route,
    subject_type,
    subject_id,
    count(*) as hit_count,
    min(detected_at) as first_detected_at
from
    (
        select signal_id, 'account' as subject_type, account_id as subject_id, detected_at
        from snapshot.signals.signal_subjects
        union all
        select signal_id, subject_type, subject_id, detected_at
        from snapshot.signals.signals
        where subject_type in ('sender', 'mcp_server')
    ) as all_hits
join snapshot.signals.signal_definitions using (signal_id)
group by all_hits.signal_id, route, subject_type, subject_id;

-- One row per planted subject. Help offered is not suspicion: only signals on the way to
-- enforcement find an actor, and only those count against a look-alike.
create temp table judged as
select
    answer_key.*,
    coalesce(hit.signal_count, 0) > 0 as is_hit,
    hit.signals,
    coalesce(supported.subject_id is not null, false) as is_supported,
    coalesce(risk_scores.is_above_escalation, false) as is_above_escalation,
    coalesce(risk_scores.bits, 0)::double as bits,
    -- A cluster may be known before its next account comes. Null while not detected.
    case
        when hit.first_detected_at < answer_key.started_at then 0
        else date_diff('second', answer_key.started_at, hit.first_detected_at) / 86400
    end as days_to_detection
from answer_key
left join
    (
        select
            subject_type,
            subject_id,
            count(*) as signal_count,
            list(signal_id order by signal_id) as signals,
            min(first_detected_at) as first_detected_at
        from hits
        where route = 'enforcement'
        group by subject_type, subject_id
    ) as hit using (subject_type, subject_id)
left join
    (select subject_type, subject_id from hits where route = 'support' group by subject_type, subject_id) as supported
    using (subject_type, subject_id)
left join snapshot.enforcement.risk_scores as risk_scores using (subject_type, subject_id);

-- Output tokens that a planted account took before it was first seen, or at all while it was not.
create temp table extracted as
select
    judged.subject_id,
    coalesce(
        sum(requests.output_tokens) filter (
        where requests.occurred_at < coalesce(first_hits.first_detected_at, 'infinity'::timestamptz)
    ),
        0
    )::bigint as tokens_before_detection
from judged
join snapshot.intermediate.int_requests as requests on requests.account_id = judged.subject_id
left join
    (select subject_id, min(first_detected_at) as first_detected_at from hits where route = 'enforcement' and subject_type = 'account' group by subject_id)
    as first_hits
    on first_hits.subject_id = judged.subject_id
where judged.subject_type = 'account' and judged.role = 'actor'
group by judged.subject_id;

-- Subjects above escalation, by the harm that their strongest counted signal looks for.
create temp table escalated as
select
    risk_scores.subject_type,
    risk_scores.subject_id,
    -- Harm to children is done by the kind that extorts.
    case definitions.harm_type when 'child_safety' then 'sextortion' else definitions.harm_type end as accused_of
from
    (
        select subject_type, subject_id, json_extract_string(contributions, '$[0].signal_id') as signal_id
        from snapshot.enforcement.risk_scores
        where is_above_escalation
    ) as risk_scores
join snapshot.signals.signal_definitions as definitions using (signal_id);

-- Planted accounts of whose group somebody had been banned before they came.
create temp table returned as
select answer_key.subject_id
from answer_key
join answer_key as others on answer_key.kind = others.kind and answer_key.group_key = others.group_key
join snapshot.intermediate.int_account_bans as bans on bans.account_id = others.subject_id
where
    answer_key.subject_type = 'account'
    and answer_key.role = 'actor'
    and others.subject_id <> answer_key.subject_id
    and bans.banned_at <= answer_key.started_at
group by answer_key.subject_id;

-- Accounts that any signal on the way to enforcement hit.
create temp table judged_accounts as
select subject_id as account_id
from hits
where route = 'enforcement' and subject_type = 'account'
group by subject_id;

-- Clusters that somebody is asked to look at, and for which harms: a signal on clusters hit them, or signals on
-- accounts hit half of their members, banned ones counted.
create temp table flagged_harms as
select signals.subject_id as cluster_id, definitions.harm_type as accused_of
from snapshot.signals.signals as signals
join snapshot.signals.signal_definitions as definitions using (signal_id)
where signals.subject_type = 'cluster' and definitions.route = 'enforcement'
union
select
    halves.cluster_id,
    case definitions.harm_type when 'child_safety' then 'sextortion' else definitions.harm_type end
from
    (
        select members.cluster_id
        from snapshot.features.feat_account_networks as members
        left join judged_accounts using (account_id)
        left join snapshot.intermediate.int_account_bans as bans on bans.account_id = members.account_id and bans.is_in_force
        where members.cluster_id is not null
        group by members.cluster_id
        having
            count(judged_accounts.account_id) > 0
            and count(*) filter (judged_accounts.account_id is not null or bans.account_id is not null) >= count(*) / 2
    ) as halves
join snapshot.features.feat_account_networks as members using (cluster_id)
join hits on hits.subject_type = 'account' and hits.subject_id = members.account_id and hits.route = 'enforcement'
join snapshot.signals.signal_definitions as definitions using (signal_id);

create temp table flagged as
select networks.cluster_id, networks.account_id, count(*) over (partition by networks.cluster_id) as member_count
from snapshot.features.feat_account_networks as networks
where networks.cluster_id in (select flagged_harms.cluster_id from flagged_harms);
