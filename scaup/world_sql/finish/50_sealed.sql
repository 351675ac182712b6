-- The answer key: one row per planted subject. And, for tests of the review side, the truths behind it.
create table answer_key as
select
    'account' as subject_type,
    account_id as subject_id,
    role,
    kind,
    greatest(created_at, world.begins_at) as started_at
from roster, world
where role <> 'ordinary'
union all
select
    'mcp_server',
    server_id,
    case kind when 'mcp_poisoned' then 'actor' else 'lookalike' end,
    kind,
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
    min(received_at)
from notices
where kind <> 'ordinary'
group by sender_id, kind;

create table true_labels as
select subject_type, subject_id, policy_id, truth, kind, task_id
from tasks;
