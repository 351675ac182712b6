-- One row per review task to be, with the truth about its subject (which leaves only sealed).

-- What each kind is suspected of, and what is true of it.
create table suspicions as
select *
from
    (
        values
            ('distillation_hydra', 'distillation', 'S2', 'coordinated_abuse', 0.55, 'violating', 1.0),
            ('sextortion_script', 'sextortion', 'S2', 'coordinated_abuse', 0.55, 'violating', 1.0),
            ('trafficking_recruitment', 'trafficking', 'S2', 'coordinated_abuse', 0.6, 'violating', 1.0),
            ('ibsa_ring', 'ibsa', 'S1n', 'intimate_imagery', 0.55, 'violating', 0.8),
            ('harassment_brigade', 'harassment', 'S2', 'harassment', 0.5, 'violating', 1.2),
            ('ban_evader', 'ban_evasion', 'S3', 'general', 0.5, 'violating', 1.2),
            ('evaluation_team', 'distillation', 'S2', 'coordinated_abuse', 0.4, 'benign', 1.5),
            ('contracted_reseller', 'distillation', 'S2', 'coordinated_abuse', 0.25, 'benign', 1.2),
            ('university_nat', 'distillation', 'S2', 'coordinated_abuse', 0.15, 'benign', 1.0),
            ('hackathon', 'distillation', 'S2', 'coordinated_abuse', 0.2, 'benign', 1.0),
            ('outreach_agency', 'trafficking', 'S2', 'coordinated_abuse', 0.5, 'benign', 1.5),
            ('fiction_writers', 'sextortion', 'S2', 'coordinated_abuse', 0.3, 'benign', 1.5),
            ('victims_seeking_help', 'sextortion', 'S1', 'child_safety', 0.4, 'needs_support', 1.3),
            ('mcp_poisoned', 'mcp_abuse', 'S2', 'general', 1.0, 'violating', 0.8),
            ('release_reviewed', 'mcp_abuse', 'S3', 'general', 0.4, 'benign', 1.0),
            ('copyright_abuser', 'copyright', 'S3', 'copyright', 1.0, 'violating', 1.0),
            ('new_sender', 'copyright', 'S3', 'copyright', 0.3, 'benign', 1.2)
    ) as kinds(kind, policy_id, severity, queue_id, reviewed_share, truth, difficulty);

create table cases as
with

    account_cases as (
        select
            'account' as subject_type,
            roster.account_id as subject_id,
            roster.account_no,
            roster.kind,
            roster.role,
            roster.member_no,
            roster.group_key,
            roster.person_key as case_key,
            habits.active_from,
            habits.active_to
        from roster
        join habits using (account_no)
    ),

    suspected_accounts as (
        select
            account_cases.* exclude (active_from, active_to),
            case when kind = 'sextortion_script' and u('minor case', case_key) < 0.35 then 'child_safety' else policy_id end as policy_id,
            case when kind = 'sextortion_script' and u('minor case', case_key) < 0.35 then 'S0' else severity end as severity,
            case when kind = 'sextortion_script' and u('minor case', case_key) < 0.35 then 'child_safety' else queue_id end as queue_id,
            truth,
            difficulty,
            after_days(
                active_from,
                least(4, date_diff('hour', active_from, active_to) / 48.0)
                + u('case', case_key) * greatest(0, date_diff('hour', active_from, active_to) / 24.0 - 4)
            ) as created_at,
            null::timestamptz as forced_at
        from account_cases
        join suspicions using (kind)
        where
            u('is reviewed', case_key) < reviewed_share
            and not (kind = 'ban_evader' and member_no = 0)
    ),

    -- The first account of each ban evader was banned for spam, surely and on time.
    first_bans as (
        select
            account_cases.* exclude (active_from, active_to),
            'spam' as policy_id,
            'S3' as severity,
            'general' as queue_id,
            'violating' as truth,
            0.0 as difficulty,
            after_days(active_to, -0.9) as created_at,
            after_days(active_to, -0.02) as forced_at
        from account_cases
        where kind = 'ban_evader' and member_no = 0
    ),

    -- A random sample of everybody else. One in twelve has broken some rule, in a small way.
    sampled_accounts as (
        select
            account_cases.* exclude (active_from, active_to),
            list_extract(
                ['spam', 'spam', 'harassment', 'distillation', 'sextortion', 'ibsa', 'trafficking'], 1 + whole('suspicion', case_key, 7)
            ) as policy_id,
            case when policy_id in ('spam', 'harassment', 'distillation') then 'S3' else 'S2' end as severity,
            case policy_id when 'harassment' then 'harassment' when 'ibsa' then 'intimate_imagery' when 'spam' then 'general' else 'coordinated_abuse' end
                as queue_id,
            case when policy_id = 'spam' and u('broke a rule', case_key) < 0.3 then 'violating' else 'benign' end as truth,
            0.6 as difficulty,
            after_days(active_from, u('case', case_key) * date_diff('hour', active_from, active_to) / 24.0) as created_at,
            null::timestamptz as forced_at,
            -- A reviewer of the sample has to know with which chance it was drawn.
            case world.size when 's' then 0.14 when 'm' then 0.09 when 'l' then 0.06 else 0.04 end::double as sample_prob
        from account_cases, world
        where role = 'ordinary' and u('is sampled', case_key) < sample_prob
    ),

    server_cases as (
        select
            'mcp_server' as subject_type,
            server_id as subject_id,
            null::bigint as account_no,
            kind,
            'server' as role,
            0 as member_no,
            server_id as group_key,
            server_id as case_key,
            policy_id,
            severity,
            queue_id,
            truth,
            difficulty,
            after_days(occurred_at, 1.5 + 6 * u('case', server_id)) as created_at,
            null::timestamptz as forced_at
        from server_versions
        join suspicions using (kind)
        where version_no = 2 and u('is reviewed', server_id) < reviewed_share
    ),

    sender_cases as (
        select
            'sender' as subject_type,
            sender_id as subject_id,
            null::bigint as account_no,
            kind,
            'sender' as role,
            0 as member_no,
            sender_id as group_key,
            sender_id as case_key,
            policy_id,
            severity,
            queue_id,
            truth,
            difficulty,
            after_days(world.begins_at, 60 + 20 * u('case', sender_id)) as created_at,
            null::timestamptz as forced_at
        from senders
        join suspicions using (kind)
        cross join world
        where u('is reviewed', sender_id) < reviewed_share
    ),

    -- Pictures of the rings that matched a list, looked at one by one.
    content_cases as (
        select
            'content' as subject_type,
            'cnt_' || substr(
                hmac(
                    'content',
                    'req_' || lpad(scripted.account_no::varchar, 7, '0') || lpad(script_day::varchar, 3, '0') || lpad(ordinal::varchar, 6, '0')
                ),
                1,
                18
            ) as subject_id,
            null::bigint as account_no,
            'ibsa_picture' as kind,
            'content' as role,
            0 as member_no,
            image_key as group_key,
            concat_ws('-', scripted.account_no, script_day, ordinal) as case_key,
            'ibsa' as policy_id,
            'S1n' as severity,
            'intimate_imagery' as queue_id,
            'violating' as truth,
            0.8 as difficulty,
            scripted.occurred_at + interval 40 second as created_at,
            null::timestamptz as forced_at
        from scripted
        join pictures using (image_key)
        join habits on habits.account_no = scripted.account_no
        left join suspected_accounts on suspected_accounts.account_no = scripted.account_no
        where
            pictures.distance <= 31
            and scripted.occurred_at < coalesce(suspected_accounts.created_at, habits.active_to)
            and scripted.occurred_at >= habits.active_from
            and scripted.occurred_at < habits.active_to
            and u('picture case', concat_ws('-', scripted.account_no, script_day, ordinal)) < 0.4
    ),

    everything as (
        select * from suspected_accounts
        union all by name
        select * from first_bans
        union all by name
        select * from sampled_accounts
        union all by name
        select * from server_cases
        union all by name
        select * from sender_cases
        union all by name
        select * from content_cases
    )

select
    everything.*,
    case
        when kind = 'ibsa_picture' then 'hash_match'
        when subject_type = 'sender' then 'notice'
        when subject_type = 'mcp_server' then 'user_report'
        when role = 'ordinary' and u('source', case_key) < 0.35 then 'proactive'
        when u('source', case_key) < 0.6 then 'signal'
        when u('source', case_key) < 0.85 then 'user_report'
        else 'classifier'
    end as source,
    row_number() over (order by created_at, case_key) as case_no
from everything, world
where created_at >= world.begins_at and created_at < world.ends_at;
