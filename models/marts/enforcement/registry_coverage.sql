with

    clauses as (
        select policy_id
        from {{ ref("policies") }} as policies
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where {{ valid_at("as_of", "policies") }}
    ),

    tactics as (
        select typology
        from {{ ref("typologies") }} as typologies
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where {{ valid_at("as_of", "typologies") }}
    ),

    evaluated as (
        select evals.policy_id
        from {{ ref("stg_evals") }} as evals
        inner join {{ ref("stg_eval_runs") }} as eval_runs using (eval_id)
        where eval_runs.status = 'complete' and evals.policy_id is not null
    ),

    members as (
        select
            'clauses with an evaluation' as registry,
            policy_id as member,
            policy_id in (select policy_id from evaluated) as is_covered
        from clauses
        union all
        select
            'clauses with a signal',
            policy_id,
            policy_id in (select policy_clause from {{ ref("signal_definitions") }})
        from clauses
        union all
        select
            'tactics with a signal',
            typology,
            typology
            in (select typology from {{ ref("signal_definitions") }} where typology is not null)
        from tactics
    )

select
    registry,
    count(*) as member_count,
    count(*) filter (where is_covered) as covered_count,
    count(*) filter (where is_covered) / count(*) as covered_share,
    list(member order by member) filter (where not is_covered) as uncovered
from members
group by registry
order by registry
