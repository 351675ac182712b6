with

    known_answers as (
        select set_id, content_id, coalesce(category, label) as known_answer
        from {{ ref("stg_golden_items") }}
        qualify
            row_number() over (
                partition by content_id order by version desc, recorded_at desc, set_id
            )
            = 1
    ),

    labels as (
        select
            review_decisions.decision_id,
            -- A blind check speaks about the task that it checks; a golden item is one item in
            -- many tasks.
            coalesce(
                review_tasks.golden_item_id, review_tasks.qa_of_task_id, review_tasks.task_id
            ) as item_id,
            review_tasks.queue_id,
            review_tasks.suspected_policy,
            review_tasks.is_golden,
            review_tasks.qa_of_task_id is not null as is_blind_check,
            review_decisions.reviewer_id,
            review_decisions.occurred_at as decided_at,
            review_decisions.label,
            coalesce(review_decisions.category, review_decisions.label) as answer,
            review_decisions.severity,
            known_answers.set_id,
            known_answers.known_answer
        from {{ ref("stg_review_decisions") }} as review_decisions
        inner join {{ ref("stg_review_tasks") }} as review_tasks using (task_id)
        left join
            known_answers
            on review_tasks.subject_type = 'content'
            and review_tasks.subject_id = known_answers.content_id
        -- Who decides a second time on the same task has seen the first decision.
        where review_decisions.second_of is null or review_tasks.qa_of_task_id is not null
    )

select
    labels.*,
    reviewers.vendor_id,
    row_number() over (
        partition by labels.item_id, labels.reviewer_id
        order by labels.decided_at, labels.decision_id
    )
    = 1 as is_first_of_reviewer
from labels
left join {{ ref("stg_reviewers") }} as reviewers using (reviewer_id)
