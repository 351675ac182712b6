-- Requests that follow a script, one row each. Everything else about them (network, device, model,
-- length) is drawn like any other request's, and the same accounts have ordinary traffic besides.
create table script (
    account_no bigint,
    occurred_at timestamptz,
    conversation_key varchar,
    task_label varchar,
    template_name varchar,
    slot_name varchar,
    target_name varchar,
    contact_name varchar,
    place_code varchar,
    language varchar,
    image_key varchar,
    score_case varchar,
    refused_share double
);

-- Sextortion: persona, intimacy, threat, demand, one victim to a conversation; one threat template
-- for the ring, filled anew for each victim. Two in five conversations end before the threat.
insert into script by name
with

    meetings as (
        select
            roster.account_no,
            roster.group_key,
            roster.language,
            roster.utc_offset,
            concat_ws('-', person_key, day_no, meeting_no) as victim,
            after_days(
                date_trunc('day', roster.created_at),
                day_no + (20 + 5 * u('meeting', concat_ws('-', person_key, day_no, meeting_no)) - utc_offset) / 24
            ) as begins_at
        from roster, range(1, 25) as days(day_no), range(3) as meetings(meeting_no)
        where
            kind = 'sextortion_script'
            and u('meets', concat_ws('-', person_key, day_no, meeting_no)) < 0.6
    )

select
    account_no,
    begins_at + to_seconds((step * 200 + 150 * u('step', concat_ws('-', victim, step)))::bigint) as occurred_at,
    victim as conversation_key,
    stage as task_label,
    concat_ws('-', group_key, stage, step % 2) as template_name,
    victim as slot_name,
    victim as target_name,
    language,
    case when u('minor', victim) < 0.35 then 'sextortion_minor' else 'sextortion' end as score_case,
    case when stage in ('threat_script', 'payment_demand') then 0.22 else 0.02 end as refused_share
from meetings
cross join
    (
        values
            (0, 'persona_building'), (1, 'persona_building'), (2, 'intimacy'), (3, 'intimacy'),
            (4, 'threat_script'), (5, 'threat_script'), (6, 'payment_demand')
    ) as steps(step, stage)
where step <= 3 or u('goes on', victim) < 0.6;

-- Trafficking: one offer in several languages for many places, one contact; weeks later, advice on
-- debts and on keeping documents.
insert into script by name
with

    work_days as (
        select
            roster.*,
            day_no,
            number_no,
            concat_ws('-', person_key, day_no, number_no) as advert
        from roster, range(1, 48) as days(day_no), range(3) as numbers(number_no)
        where
            kind = 'trafficking_recruitment'
            and u('works', concat_ws('-', person_key, day_no, number_no)) < 0.35
    )

select
    account_no,
    after_days(
        date_trunc('day', created_at),
        day_no + (((10 + 8 * u('advert time', advert) - utc_offset) + 24) % 24) / 24
    ) as occurred_at,
    advert as conversation_key,
    case
        when day_no < 18 or u('advice', advert) < 0.7 then 'recruitment_ad'
        when u('advice', advert) < 0.87 then 'debt_terms'
        else 'document_retention'
    end as task_label,
    concat_ws('-', group_key, task_label, whole('offer', advert, 2)) as template_name,
    advert as slot_name,
    case when task_label = 'recruitment_ad' then group_key end as contact_name,
    case when task_label = 'recruitment_ad' then 'plc_' || lpad(whole('place', concat_ws('-', group_key, whole('which place', advert, 12)), 400)::varchar, 4, '0') end
        as place_code,
    list_extract(['en', 'es', 'pt', 'uk', 'id', 'fr'], 1 + whole('offer language', advert, 6)) as language,
    case when task_label = 'recruitment_ad' then 'recruitment' end as score_case,
    case when task_label = 'recruitment_ad' then 0.06 else 0.25 end as refused_share
from work_days;

-- Intimate images: the ring shares a set of pictures, asks for the same thing again after refusals.
insert into script by name
with

    uploads as (
        select
            roster.*,
            day_no,
            number_no,
            concat_ws('-', person_key, day_no, number_no) as upload,
            concat_ws('-', group_key, floor(40 * pow(u('picture', concat_ws('-', person_key, day_no, number_no)), 1.5))::bigint) as picture
        from roster, range(1, 48) as days(day_no), range(3) as numbers(number_no)
        where kind = 'ibsa_ring' and u('uploads', concat_ws('-', person_key, day_no, number_no)) < 0.3
    )

select
    account_no,
    after_days(date_trunc('day', created_at), day_no + (((19 + 5 * u('upload time', upload) - utc_offset) + 24) % 24) / 24)
    + to_seconds(attempt * 95) as occurred_at,
    upload as conversation_key,
    'image_sexualisation' as task_label,
    concat_ws('-', group_key, 'edit', whole('edit', upload, 3)) as template_name,
    concat_ws('-', upload, attempt) as slot_name,
    picture as target_name,
    language,
    case when attempt = 0 then 'ibsa|' || picture end as image_key,
    'sexualisation' as score_case,
    0.75 as refused_share
from uploads, range(2) as attempts(attempt);

-- A brigade: on five days everybody names the same person within a few hours.
insert into script by name
select
    account_no,
    after_days(
        date_trunc('day', world.begins_at),
        floor(25 + 40 * u('ring start', group_key)) + 3 * wave_no
        + (12 + 4.2 * u('joins', concat_ws('-', person_key, wave_no)) + 0.35 * number_no) / 24
    ) as occurred_at,
    concat_ws('-', person_key, wave_no) as conversation_key,
    'harassment' as task_label,
    concat_ws('-', group_key, 'post', whole('post', concat_ws('-', person_key, wave_no, number_no), 4)) as template_name,
    concat_ws('-', person_key, wave_no, number_no) as slot_name,
    concat_ws('-', group_key, wave_no // 3) as target_name,
    language,
    'harassment' as score_case,
    0.3 as refused_share
from roster, world, range(5) as waves(wave_no), range(3) as numbers(number_no)
where
    kind = 'harassment_brigade'
    and u('is there', concat_ws('-', person_key, wave_no)) < 0.85
    and u('says', concat_ws('-', person_key, wave_no, number_no)) < 0.8;

-- Fiction: threats are scored, but each is another story's, and the same few characters return.
insert into script by name
with

    scenes as (
        select
            roster.*,
            day_no,
            concat_ws('-', person_key, day_no) as scene,
            line_no
        from roster, world, range(world.days) as days(day_no), range(4) as lines(line_no)
        where kind = 'fiction_writers' and u('writes', concat_ws('-', person_key, day_no)) < 0.22
    )

select
    account_no,
    after_days(world.begins_at, day_no + (((19 + 4 * u('evening', scene) - utc_offset) + 24) % 24) / 24)
    + to_seconds(line_no * 260) as occurred_at,
    scene as conversation_key,
    -- The labeller takes a thriller for the real thing now and then.
    case when u('mislabelled', scene) < 0.06
        then list_extract(['persona_building', 'intimacy', 'threat_script', 'fiction'], line_no + 1)
        else 'fiction'
    end as task_label,
    concat_ws('-', scene, line_no) as template_name,
    case when u('character', scene) < 0.3 then concat_ws('-', person_key, whole('who', scene, 2)) end as target_name,
    language,
    'fiction' as score_case,
    0.05 as refused_share
from scenes
cross join world
where after_days(world.begins_at, day_no) >= created_at;

-- Victims: what was sent to them is pasted in, and help is asked for.
insert into script by name
with

    talks as (
        select
            roster.*,
            talk_no,
            concat_ws('-', person_key, talk_no) as talk,
            greatest(created_at, begins_at) as starts_at
        from roster, world, range(8) as talks(talk_no)
        where kind = 'victims_seeking_help'
    )

select
    account_no,
    after_days(starts_at, 0.3 + 2.5 * talk_no + 2 * u('talk', talk)) + to_seconds(step * 240) as occurred_at,
    talk as conversation_key,
    case when step = 1 and u('pastes', talk) < 0.5 then 'threat_script' else 'help_seeking' end as task_label,
    concat_ws('-', talk, step) as template_name,
    case when step = 1 then person_key end as target_name,
    language,
    case when u('is minor', person_key) < 0.5 then 'victim_minor' else 'victim' end as score_case,
    0.01 as refused_share
from talks, range(4) as steps(step);

-- Which scores a case or a label draws: share of its requests, lowest and highest score.
create table score_rules as
select *
from
    (
        values
            ('sextortion', 'threat', 0.9, 0.62, 0.99),
            ('sextortion_minor', 'threat', 0.9, 0.62, 0.99),
            ('sextortion_minor', 'minor_indicator', 0.8, 0.6, 0.98),
            ('sextortion', 'victim_or_helper', 0.3, 0.0, 0.3),
            ('recruitment', 'recruitment', 0.95, 0.6, 0.98),
            ('sexualisation', 'sexualisation', 1.0, 0.7, 0.99),
            ('harassment', 'harassment', 1.0, 0.6, 0.97),
            ('fiction', 'threat', 0.35, 0.3, 0.88),
            ('fiction', 'victim_or_helper', 0.2, 0.0, 0.45),
            ('victim', 'threat', 0.8, 0.55, 0.97),
            ('victim', 'victim_or_helper', 1.0, 0.78, 0.99),
            ('victim_minor', 'threat', 0.8, 0.55, 0.97),
            ('victim_minor', 'minor_indicator', 0.8, 0.55, 0.97),
            ('victim_minor', 'victim_or_helper', 1.0, 0.78, 0.99),
            ('label:reasoning_trace', 'reasoning_elicitation', 0.9, 0.6, 0.99),
            ('label:rubric_grading', 'reasoning_elicitation', 0.8, 0.5, 0.95),
            ('label:fiction', 'threat', 0.1, 0.1, 0.7),
            ('label:roleplay', 'sexualisation', 0.15, 0.05, 0.75),
            ('label:job_offer', 'recruitment', 0.3, 0.1, 0.7),
            ('label:outreach', 'harassment', 0.02, 0.05, 0.5),
            ('label:help_seeking', 'victim_or_helper', 0.9, 0.5, 0.99),
            ('label:threat_script', 'threat', 0.9, 0.5, 0.97),
            ('label:harassment', 'harassment', 0.9, 0.5, 0.97),
            ('label:image_sexualisation', 'sexualisation', 0.9, 0.6, 0.99),
            ('label:recruitment_ad', 'recruitment', 0.9, 0.5, 0.97)
    ) as rules(score_case, classifier_id, share, lowest, highest);

create table out_classifiers as
select
    classifier_id,
    '1' as version,
    policy_id,
    world.begins_at - interval 120 day as deployed_at,
    threshold,
    deployed_at as recorded_at,
    'ml_platform' as source_system
from
    world,
    (
        values
            ('threat', 'sextortion', 0.6), ('minor_indicator', 'child_safety', 0.5), ('sexualisation', 'ibsa', 0.7),
            ('recruitment', 'trafficking', 0.6), ('harassment', 'harassment', 0.6),
            ('victim_or_helper', 'sextortion', 0.75), ('reasoning_elicitation', 'distillation', 0.6)
    ) as classifiers(classifier_id, policy_id, threshold);

-- The day under which a conversation is sent: that of its first request, also past midnight.
-- `ordinal` numbers an account's scripted requests of a day, far above the ordinary ones.
create table scripted as
with

    dated as (
        select
            script.*,
            date_diff(
                'day',
                world.begins_at,
                min(script.occurred_at) over (partition by script.account_no, script.conversation_key)
            ) as script_day
        from script, world
    )

select
    *,
    900000 + row_number() over (
        partition by account_no, script_day
        order by occurred_at, template_name, slot_name, conversation_key
    ) as ordinal
from dated;
