-- Known-answer items, and the hidden tasks that carry them: one to some thirty ordinary tasks.
create table golden_plan as
select
    'gld_' || lpad(item_no::varchar, 4, '0') as item_id,
    item_no,
    'cnt_' || substr(hmac('golden', item_no), 1, 18) as content_id,
    list_extract(['sextortion', 'trafficking', 'ibsa', 'harassment', 'spam', 'child_safety', 'distillation'], 1 + item_no % 7) as policy_id,
    case
        when u('golden label', item_no) < 0.4 then 'violating'
        when u('golden label', item_no) < 0.85 then 'benign'
        when u('golden label', item_no) < 0.93 then 'borderline'
        else 'needs_support'
    end as label,
    round(0.4 * pow(u('golden difficulty', item_no), 2), 3) as difficulty
from range(60) as items(item_no);

create table out_golden_items as
select
    'core' as set_id,
    1 as version,
    item_id,
    content_id,
    policy_id,
    1 as policy_version,
    label,
    null::varchar as category,
    list_slice(
        (select list(reviewer_id order by place) from eligible where pool = 'adjudicator'), 1, 2
    ) as adjudicators,
    difficulty,
    case when difficulty > 0.15 then 'hard' else 'plain' end as stratum,
    'canary-' || substr(hmac('canary', item_no), 1, 16) as canary,
    case when item_no % 20 = 19 then world.begins_at + interval 50 day end as retired_at,
    coalesce(retired_at, world.begins_at - interval 30 day) as recorded_at,
    'golden_sets' as source_system
from golden_plan, world;

create table golden_tasks as
with

    slots as (
        select
            case_no,
            tasks.created_at + interval 90 second as created_at,
            queue_id,
            pool,
            'golden-' || case_no as case_key,
            whole('golden item', case_no, 60) as item_no
        from tasks
        where u('golden slot', case_no) < 0.04
    )

select
    'tsk_' || lpad(slots.case_no::varchar, 7, '0') || '_gd' as task_id,
    'dec_' || lpad(slots.case_no::varchar, 7, '0') || 'g' as decision_id,
    slots.*,
    golden_plan.item_id,
    golden_plan.content_id,
    golden_plan.policy_id,
    'S3' as severity,
    slots.created_at + interval 72 hour as due_at,
    after_days(slots.created_at, 0.1 + 1.2 * u('golden wait', slots.case_no)) as opened_at,
    30 + 200 * exp(0.5 * normal('golden handling', slots.case_no)) as active_seconds,
    opened_at + to_seconds(active_seconds::bigint) as decided_at,
    eligible.reviewer_id,
    verdict(golden_plan.label, u('golden errs', slots.case_no) < eligible.error_rate + difficulty * 0.3, u('golden error', slots.case_no)) as label
from slots
join golden_plan using (item_no)
join eligible on eligible.pool = slots.pool and eligible.place = whole('golden reviewer', slots.case_no, eligible.pool_size);
