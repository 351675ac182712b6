-- What users report: what led to the tasks, more of the same, and much that leads nowhere.
create table report_plan as
with

    behind_tasks as (
        select
            'task-' || case_no || '-' || copy_no as report_key,
            created_at - to_minutes(4 + 30 * copy_no) as received_at,
            subject_type,
            subject_id,
            policy_id,
            kind,
            copy_no,
            copy_no > 0 as is_duplicate,
            'task-' || case_no || '-0' as first_key,
            true as is_valid
        from cases, range(1 + whole('reports', case_no, 3)) as copies(copy_no)
        where source = 'user_report' and subject_type in ('account', 'mcp_server')
    ),

    -- After a brigade's wave, people report the persecution of its target.
    behind_waves as (
        select
            'wave-' || scripted.account_no || '-' || scripted.conversation_key as report_key,
            min(scripted.occurred_at) + to_minutes(60 + whole('wave report', scripted.conversation_key, 900)) as received_at,
            'target' as subject_type,
            hmac('target', any_value(target_name)) as subject_id,
            'harassment' as policy_id,
            'harassment_brigade' as kind,
            0 as copy_no,
            false as is_duplicate,
            null as first_key,
            u('wave valid', scripted.conversation_key) < 0.8 as is_valid
        from scripted
        where task_label = 'harassment' and u('wave reported', conversation_key) < 0.5
        group by scripted.account_no, scripted.conversation_key
    ),

    noise as (
        select
            'noise-' || account_no || '-' || copy_no as report_key,
            after_days(active_from, u('noise when', account_no || '-' || copy_no) * date_diff('hour', active_from, active_to) / 24.0) as received_at,
            'account' as subject_type,
            'acc_' || lpad(account_no::varchar, 7, '0') as subject_id,
            list_extract(['spam', 'harassment', 'spam', 'sextortion', 'copyright'], 1 + whole('noise policy', account_no, 5)) as policy_id,
            kind,
            copy_no,
            false as is_duplicate,
            null as first_key,
            u('noise valid', account_no || '-' || copy_no) < 0.35 as is_valid
        from habits, range(2) as copies(copy_no)
        where u('noise', account_no || '-' || copy_no) < 0.06
    )

select *
from
    (
        select * from behind_tasks
        union all by name
        select * from behind_waves
        union all by name
        select * from noise
    ) as all_reports,
    world
where received_at >= begins_at and received_at < ends_at;

create table out_user_reports as
with

    worked as (
        select
            *,
            'rep_' || substr(hmac('report', report_key), 1, 14) as report_id,
            received_at + to_seconds(5 + floor(2400 * pow(u('ack', report_key), 4))::bigint) as ack_at,
            after_days(received_at, 0.05 + 3 * pow(u('assessed', report_key), 2)) as assessed_at,
            case when u('channel', report_key) < 0.7 then 'in_product' when u('channel', report_key) < 0.9 then 'webform' else 'email' end as channel,
            case
                when u('reporter', report_key) < 0.8 then 'user'
                when u('reporter', report_key) < 0.86 then 'trusted_flagger'
                when u('reporter', report_key) < 0.88 then 'authority'
                else 'anonymous'
            end as reporter_kind
        from report_plan
    ),

    versions as (
        select *, 1 as version_no from worked
        union all
        select *, 2 as version_no from worked where assessed_at + interval 10 second < ends_at
    )

select
    report_id,
    received_at,
    channel,
    case when subject_type = 'mcp_server' then 'mcp' else 'chat' end as surface,
    case when reporter_kind <> 'anonymous' then 'rpt_' || substr(hmac('reporter', whole('who reports', report_key, 400)), 1, 10) end as reporter_id,
    reporter_kind,
    subject_type,
    subject_id,
    policy_id as reason_code,
    case when version_no = 2 then is_valid and not is_duplicate end as valid,
    case
        when version_no = 2 and is_duplicate then 'duplicate'
        when version_no = 2 and not is_valid
        then list_extract(['out_of_scope', 'no_subject', 'not_locatable', 'test'], 1 + whole('invalid', report_key, 4))
    end as invalid_reason,
    case when version_no = 2 or ack_at < received_at + interval 10 second then ack_at end as ack_at,
    reporter_kind = 'trusted_flagger' and u('machine', report_key) < 0.3 as automated,
    case when is_duplicate and version_no = 2 then 'rep_' || substr(hmac('report', first_key), 1, 14) end as duplicate_of,
    case when subject_type = 'mcp_server' then reported.version_id end as mcp_server_version_id,
    case when version_no = 2 then greatest(assessed_at, ack_at) + interval 5 second else received_at + interval 10 second end as recorded_at,
    'report_desk' as source_system
from versions
left join (select server_id, max(version_id) filter (where version_no = 2) as version_id from server_versions group by server_id) as reported
    on reported.server_id = versions.subject_id;
