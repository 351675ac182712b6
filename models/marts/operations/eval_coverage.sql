with

    clauses as (
        select policy_id
        from {{ ref("policies") }} as policies
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where {{ valid_at("as_of", "policies") }}
    ),

    known_surfaces as (
        select surface
        from {{ ref("surfaces") }} as surfaces
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where {{ valid_at("as_of", "surfaces") }}
    ),

    languages as (
        select language
        from {{ ref("stg_eval_items") }}
        where language is not null
        union
        select 'any' as language
    ),

    -- Only what has been run to its end tests anything.
    runs as (
        select
            eval_id,
            max(started_at) as last_run_at,
            arg_max(model_version, (started_at, run_id)) as last_model_version
        from {{ ref("stg_eval_runs") }}
        where status = 'complete'
        group by eval_id
    ),

    latest_evals as (
        select *
        from {{ ref("stg_evals") }}
        qualify row_number() over (partition by eval_id order by version desc) = 1
    ),

    -- An evaluation without a surface tests the model, and so all of them.
    tested as (
        select
            latest_evals.policy_id,
            latest_evals.surface,
            unnest(['any', eval_items.language]) as language,
            latest_evals.eval_id,
            eval_items.item_id,
            runs.last_run_at,
            runs.last_model_version
        from latest_evals
        inner join {{ ref("stg_eval_items") }} as eval_items using (eval_id)
        left join runs using (eval_id)
    ),

    acted_on as (
        select policy_id, count(*) as action_count
        from {{ ref("stg_enforcement_actions") }}
        where reverses_action_id is null
        group by policy_id
    )

select
    clauses.policy_id,
    known_surfaces.surface,
    languages.language,
    count(distinct tested.eval_id) as eval_count,
    count(tested.item_id) as item_count,
    count(tested.item_id) filter (where tested.last_run_at is not null) as run_item_count,
    max(tested.last_run_at) as last_run_at,
    arg_max(tested.last_model_version, (tested.last_run_at, tested.eval_id)) as last_model_version,
    coalesce(any_value(acted_on.action_count), 0) as action_count,
    count(tested.item_id) filter (where tested.last_run_at is not null) > 0 as is_covered
from clauses
cross join known_surfaces
cross join languages
left join
    tested
    on clauses.policy_id = tested.policy_id
    and languages.language = tested.language
    and (tested.surface is null or tested.surface = known_surfaces.surface)
left join acted_on on clauses.policy_id = acted_on.policy_id
group by clauses.policy_id, known_surfaces.surface, languages.language
order by clauses.policy_id, known_surfaces.surface, languages.language
