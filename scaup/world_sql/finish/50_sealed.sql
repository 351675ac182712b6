-- The answer key: one row per planted subject, with the group that it acts in and the harm that it does. And,
-- for tests of the review side, the truths behind it.
create table answer_key as
select
    'account' as subject_type,
    account_id as subject_id,
    -- The first account of an operator was banned in the world itself: it is known, and there is nothing to find.
    case when kind = 'ban_evader' and member_no = 0 then 'already_banned' else role end as role,
    kind,
    group_key,
    case kind
        when 'distillation_hydra' then 'distillation'
        when 'sextortion_script' then 'sextortion'
        when 'trafficking_recruitment' then 'trafficking'
        when 'ibsa_ring' then 'image_abuse'
        when 'harassment_brigade' then 'harassment'
        when 'ban_evader' then 'ban_evasion'
    end as harm_type,
    greatest(created_at, world.begins_at) as started_at
from roster, world
where role <> 'ordinary'
union all
select
    'mcp_server',
    server_id,
    case kind when 'mcp_poisoned' then 'actor' else 'lookalike' end,
    kind,
    server_id,
    case kind when 'mcp_poisoned' then 'mcp_abuse' end,
    max(occurred_at) filter (where version_no = 2)
from server_versions
where kind <> 'ordinary'
group by server_id, kind
union all
select
    'sender',
    sender_id,
    case kind when 'copyright_abuser' then 'actor' else 'lookalike' end,
    kind,
    sender_id,
    case kind when 'copyright_abuser' then 'copyright' end,
    min(received_at)
from notices
where kind <> 'ordinary'
group by sender_id, kind;

create table true_labels as
select subject_type, subject_id, policy_id, truth, kind, task_id
from tasks;
