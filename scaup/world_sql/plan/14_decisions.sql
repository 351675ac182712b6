-- How each case went: who decided what, and when. Second decisions come from QA and, where the two
-- disagree, from adjudicators.
create table tasks as
with

    timed as (
        select
            cases.*,
            'tsk_' || lpad(case_no::varchar, 7, '0') as task_id,
            case severity when 'S0' then 1 when 'S1' then 4 when 'S1n' then 24 when 'S2' then 24 when 'S3' then 72 else 168 end as due_hours,
            -- Hours until somebody opens it; in two weeks of the quarter the queues are under water.
            case severity when 'S0' then 0.25 when 'S1' then 1.2 when 'S1n' then 7 when 'S2' then 9 when 'S3' then 26 else 60 end
            * exp(0.8 * normal('wait', case_key))
            * case when date_diff('day', world.begins_at, created_at) between 45 and 59 then 2.5 else 1 end
            * case when u('is lost', case_key) < 0.04 then 12 else 1 end as wait_hours,
            20 + 260 * exp(0.6 * normal('handling', case_key)) as active_seconds,
            u('is skipped', case_key) < 0.05 as is_skipped,
            u('is paused', case_key) < 0.04 as is_paused,
            u('is escalated', case_key) < case when severity in ('S0', 'S1') then 0.5 else 0.04 end as is_escalated,
            case when queue_id in ('child_safety', 'intimate_imagery') then 'first_cleared' else 'first' end as pool
        from cases, world
    )

select
    timed.*,
    to_hours_exact(created_at, due_hours) as due_at,
    coalesce(forced_at - interval 12 minute, to_hours_exact(created_at, wait_hours)) as opened_at,
    coalesce(
        forced_at,
        opened_at + to_seconds((active_seconds + case when is_paused then 14400 else 0 end + case when is_escalated then 1800 else 0 end)::bigint)
    ) as decided_at,
    eligible.reviewer_id,
    eligible.error_rate
from timed
join eligible on eligible.pool = timed.pool and eligible.place = whole('reviewer', case_key, eligible.pool_size);

-- What a reviewer says: the truth, or one of the other answers.
create macro verdict(truth, is_wrong, draw) as
    case
        when not is_wrong then truth
        when truth = 'violating' then case when draw < 0.6 then 'benign' else 'borderline' end
        when truth = 'needs_support' then case when draw < 0.5 then 'violating' else 'borderline' end
        else case when draw < 0.55 then 'violating' else 'borderline' end
    end;

create table first_decisions as
select
    'dec_' || lpad(case_no::varchar, 7, '0') || '1' as decision_id,
    tasks.*,
    verdict(truth, u('errs', case_key) < error_rate * difficulty, u('which error', case_key)) as label
from tasks, world
where decided_at < world.ends_at;

-- Blind second looks: every S0 and S1, every terminal case that can cost an organisation, and a sample.
create table qa_tasks as
with

    drawn as (
        select
            first_decisions.* exclude (reviewer_id, error_rate, pool),
            case when severity in ('S0', 'S1') then 1.0 when label = 'violating' then 0.25 else 0.08 end as inclusion_prob,
            after_days(decided_at, 0.1 + 1.5 * u('qa wait', case_key)) as qa_created_at,
            after_days(decided_at, 0.3 + 2.5 * u('qa wait', case_key)) as qa_opened_at,
            after_days(decided_at, 0.3 + 2.5 * u('qa wait', case_key))
            + to_seconds((30 + 200 * exp(0.5 * normal('qa handling', case_key)))::bigint) as qa_decided_at
        from first_decisions
        where forced_at is null
    )

select
    drawn.*,
    'tsk_' || lpad(case_no::varchar, 7, '0') || '_qa' as qa_task_id,
    'dec_' || lpad(case_no::varchar, 7, '0') || '2' as qa_decision_id,
    eligible.reviewer_id as qa_reviewer_id,
    verdict(truth, u('qa errs', case_key) < eligible.error_rate * difficulty, u('which qa error', case_key)) as qa_label
from drawn
join eligible on eligible.pool = 'qa' and eligible.place = whole('qa', case_key, eligible.pool_size)
cross join world
where u('qa draw', case_key) < inclusion_prob and qa_created_at < world.ends_at;

create table adjudications as
select
    qa_tasks.*,
    'dec_' || lpad(case_no::varchar, 7, '0') || '3' as adjudication_id,
    after_days(qa_decided_at, 0.2 + 1.5 * u('adjudication wait', case_key)) as reopened_at,
    after_days(qa_decided_at, 0.25 + 1.5 * u('adjudication wait', case_key)) as adjudicated_at,
    eligible.reviewer_id as adjudicator_id,
    verdict(truth, u('adjudicator errs', case_key) < eligible.error_rate, 0.3) as final_label
from qa_tasks
join eligible on eligible.pool = 'adjudicator' and eligible.place = whole('adjudicator', case_key, eligible.pool_size)
where label <> qa_label;

-- The word that counts, and when it was spoken.
create table outcomes as
select
    first_decisions.*,
    coalesce(adjudications.final_label, first_decisions.label) as standing_label,
    coalesce(adjudications.adjudication_id, first_decisions.decision_id) as standing_decision_id,
    case when adjudications.adjudication_id is null then first_decisions.decided_at else adjudications.adjudicated_at end
        as standing_at
from first_decisions
left join (select adjudications.* from adjudications, world where adjudicated_at < world.ends_at) as adjudications
    using (case_no);
