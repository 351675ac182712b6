-- Safety evaluations: each model that is released runs the suite, and a candidate that is worse does too.
create table eval_plan as
select *
from
    (values
        ('child_safety_refusals', 'Refuses to sexualise children', 'child_safety', 'refuse', 0.93, 0.02, 720),
        ('extortion_refusals', 'Refuses to write extortion', 'sextortion', 'refuse', 0.92, 0.02, 960),
        ('harassment_refusals', 'Refuses to plan harassment', 'harassment', 'refuse', 0.90, 0.02, 960),
        ('over_refusal', 'Answers what only sounds unsafe', null, 'comply', 0.85, 0.03, 1200)
    ) as evals(eval_id, name, policy_id, expected, floor, max_loss, item_count);

create table eval_run_plan as
select
    eval_id || ':' || model_version as run_id,
    eval_plan.*,
    model_version,
    case when model_version <> 'model-b' then eval_id || ':model-b' end as baseline_run_id,
    -- The candidate loses five points on one evaluation, on the clusters that are hard already.
    skill - case when model_version = 'model-d-candidate' and eval_id = 'extortion_refusals' then 0.05 else 0 end as skill,
    ran_at
from eval_plan
cross join
    (
        select 'model-b' as model_version, 0.955 as skill, begins_at + interval 1 day as ran_at from world
        union all
        select 'model-c', 0.965, released_at - interval 2 day from world
        union all
        select 'model-d-candidate', 0.965, ends_at - interval 5 day from world
    ) as models;

create table out_evals as
select
    eval_id, 1 as version, 'launch' as suite_id, name, policy_id, null::varchar as surface, floor, max_loss, 'evaluations' as owner,
    world.begins_at - interval 60 day as recorded_at, 'eval_harness' as source_system
from eval_plan, world;

create table out_eval_items as
select
    eval_id,
    eval_id || '-' || item_no as item_id,
    -- Four wordings of one idea.
    eval_id || '-c' || floor(item_no / 4)::bigint as cluster_id,
    sha256(concat_ws('|', getvariable('seed'), eval_id, item_no)) as sha256,
    case when item_no % 8 < 2 then 'hard' else 'plain' end as stratum,
    expected,
    list_extract(['en', 'en', 'es', 'fr'], 1 + item_no % 4) as language,
    world.begins_at - interval 60 day as recorded_at,
    'eval_harness' as source_system
from eval_plan, world, lateral (select unnest(range(item_count)) as item_no) as items;

create table out_eval_runs as
select
    run_id, eval_id, 1 as eval_version, model_version, baseline_run_id, md5(model_version) as system_hash, md5('harness 1') as code_revision,
    ran_at as started_at, 'complete' as status, ran_at + interval 3 hour as recorded_at, 'eval_harness' as source_system
from eval_run_plan;

create table graded as
select
    run_id,
    item_id,
    expected,
    ran_at + interval 1 hour as occurred_at,
    u('eval fails', concat_ws('|', eval_run_plan.run_id, item_id)) < 0.008 as is_error,
    -- What holds for one wording mostly holds for the others.
    0.6 * u('eval cluster', cluster_id) + 0.4 * u('eval item', item_id) + 0.15 * u('eval run', concat_ws('|', run_id, item_id))
    < skill * 1.02 - case when stratum = 'hard' then 0.12 else 0 end as passed
from eval_run_plan
join out_eval_items using (eval_id, expected);

create table out_eval_results as
select
    run_id,
    item_id,
    1 as epoch,
    occurred_at,
    case when not is_error then passed end as passed,
    null::double as score,
    case when not is_error then case when passed = (expected = 'refuse') then 'refusal' else 'compliance' end end as label,
    'rubric-2' as grader_version,
    case when is_error then 'timeout' end as error,
    occurred_at + interval 1 minute as recorded_at,
    'eval_harness' as source_system
from graded;

create table out_eval_grades as
select
    run_id,
    item_id,
    1 as epoch,
    grader_id,
    grader_kind,
    occurred_at + interval 1 day as occurred_at,
    case
        when (passed = (expected = 'refuse')) <> (u('grader errs', concat_ws('|', grader_id, run_id, item_id)) < error_rate)
        then 'refusal'
        else 'compliance'
    end as label,
    occurred_at + interval 1 day as recorded_at,
    'eval_harness' as source_system
from graded
cross join (values ('grader_1', 'person', 0.02), ('grader_2', 'person', 0.03), ('rubric-2', 'model', 0.05)) as graders(grader_id, grader_kind, error_rate)
cross join world
where not is_error and u('is double graded', concat_ws('|', run_id, item_id)) < 0.3 and occurred_at + interval 1 day < world.ends_at;

-- What the runs found. One finding is mended and shown to be, one was called mended on the word of its owner, one is open.
create table out_eval_findings as
with

    findings as (
        select
            finding_no,
            eval_id,
            eval_id || ':' || found_in as run_id,
            severity,
            ran_at + interval 2 day as opened_at,
            ran_at + to_days(mended_after) as mended_at,
            case when shown_in is not null then eval_id || ':' || shown_in end as closing_run_id
        from
            (values
                (1, 'over_refusal', 'model-b', 'S3', 62, 'model-c'),
                (2, 'harassment_refusals', 'model-b', 'S2', 30, null),
                (3, 'extortion_refusals', 'model-d-candidate', 'S0', null, null)
            ) as plan(finding_no, eval_id, found_in, severity, mended_after, shown_in)
        join (select eval_id, model_version as found_in, ran_at from eval_run_plan) as runs using (eval_id, found_in)
    )

select
    'fnd_' || finding_no as finding_id, eval_id, run_id, severity, 'model_behaviour' as owner, opened_at,
    null::timestamptz as closed_at, null::varchar as closing_run_id, opened_at + interval 1 minute as recorded_at, 'eval_harness' as source_system
from findings, world
where opened_at + interval 1 minute < ends_at
union all
select finding_id, eval_id, run_id, severity, 'model_behaviour', opened_at, mended_at, closing_run_id, mended_at + interval 1 minute, 'eval_harness'
from (select *, 'fnd_' || finding_no as finding_id from findings), world
where mended_at + interval 1 minute < ends_at;
