with

    findings as (
        select
            findings.*,
            closing_runs.started_at as closing_started_at,
            closing_runs.eval_id = findings.eval_id as is_same_evaluation,
            gates.gate as closing_gate,
            as_of
        from {{ ref("stg_eval_findings") }} as findings
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        left join
            {{ ref("stg_eval_runs") }} as closing_runs
            on findings.closing_run_id = closing_runs.run_id
        left join {{ ref("launch_gates") }} as gates on findings.closing_run_id = gates.run_id
    ),

    judged as (
        select
            *,
            case
                when closed_at is null or closed_at > as_of
                then 'open'
                when closing_run_id is null
                then 'closed without a run'
                when closing_started_at is null
                then 'closing run unknown'
                when not is_same_evaluation
                then 'closed by another evaluation'
                when closing_started_at < opened_at
                then 'closed by an earlier run'
                when closing_gate = 'passes'
                then 'closed'
                else 'closing run does not pass'
            end as state
        from findings
    )

select
    finding_id,
    eval_id,
    run_id,
    severity,
    owner,
    opened_at,
    closed_at,
    closing_run_id,
    closing_gate,
    state,
    state <> 'closed' as is_open,
    date_diff(
        'day', opened_at, case when state = 'closed' then closed_at else as_of end
    ) as open_days
from judged
order by is_open desc, open_days desc, finding_id
