with

    -- By somebody else: who decides twice has not been reviewed.
    second_reviews as (
        select distinct first.decision_id  -- of several second reviews
        from {{ ref("stg_review_decisions") }} as first
        inner join
            {{ ref("stg_review_decisions") }} as second
            on first.decision_id = second.second_of
            and first.reviewer_id <> second.reviewer_id
    ),

    -- Decisions that something terminal was done by: these need the full record.
    acted_on as (
        select
            enforcement_actions.decision_id,
            bool_or(action_types.needs_full_record) as needs_full_record
        from {{ ref("stg_enforcement_actions") }} as enforcement_actions
        inner join
            {{ ref("action_types") }} as action_types
            on enforcement_actions.type = action_types.action_type
            and {{ valid_at("enforcement_actions.occurred_at", "action_types") }}
        where not action_types.is_reversal
        group by enforcement_actions.decision_id
    ),

    decisions as (
        select
            date_trunc('week', decisions.occurred_at)::date as week_starts_on,
            decisions.policy_id is null or decisions.policy_version is null as lacks_clause,
            decisions.rationale_code is null as lacks_rationale,
            coalesce(acted_on.needs_full_record, false) as is_terminal,
            is_terminal
            and coalesce(policies.needs_second_review, false)
            and second_reviews.decision_id is null as lacks_second_review
        from {{ ref("stg_review_decisions") }} as decisions
        inner join {{ ref("stg_review_tasks") }} as review_tasks using (task_id)
        left join second_reviews using (decision_id)
        left join acted_on using (decision_id)
        left join
            {{ ref("policies") }} as policies
            on decisions.policy_id = policies.policy_id
            and decisions.policy_version = policies.version
        -- A benign answer cites no clause that was broken.
        where
            not review_tasks.is_golden
            and review_tasks.qa_of_task_id is null
            and decisions.second_of is null
            and decisions.label = 'violating'
    )

select
    week_starts_on,
    count(*) as decision_count,
    count(*) filter (
        where not lacks_clause and not lacks_rationale and not lacks_second_review
    ) as complete_count,
    count(*) filter (where lacks_clause) as without_clause_count,
    count(*) filter (where lacks_rationale) as without_rationale_count,
    count(*) filter (where lacks_second_review) as without_second_review_count,
    count(*) filter (where is_terminal) as terminal_count,
    {{ share("complete_count", "decision_count") }} as decision_completeness,
    {{ wilson_low("complete_count", "decision_count") }} as decision_completeness_low,
    {{ wilson_high("complete_count", "decision_count") }} as decision_completeness_high
from decisions
group by week_starts_on
order by week_starts_on
