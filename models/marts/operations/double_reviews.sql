with

    -- One check a task, the first, and the draw that it was made for: a task may have been drawn
    -- twice.
    checks as (
        select labels.item_id, labels.label, labels.reviewer_id, check_tasks.inclusion_prob
        from {{ ref("int_reviewer_labels") }} as labels
        inner join {{ ref("stg_review_decisions") }} as review_decisions using (decision_id)
        inner join
            {{ ref("stg_review_tasks") }} as check_tasks
            on review_decisions.task_id = check_tasks.task_id
        where labels.is_blind_check
        qualify
            row_number() over (
                partition by labels.item_id order by labels.decided_at, labels.decision_id
            )
            = 1
    ),

    -- Where the two differ, somebody who has seen both says which holds.
    adjudications as (
        select task_id as item_id, label
        from {{ ref("stg_review_decisions") }}
        where second_of is not null
        qualify
            row_number() over (partition by task_id order by occurred_at desc, decision_id desc) = 1
    ),

    first_labels as (
        select *
        from {{ ref("int_reviewer_labels") }}
        where not is_blind_check and not is_golden
        qualify row_number() over (partition by item_id order by decided_at, decision_id) = 1
    )

select
    first_labels.item_id as task_id,
    first_labels.queue_id,
    review_tasks.suspected_policy,
    review_tasks.severity,
    first_labels.reviewer_id,
    first_labels.vendor_id,
    first_labels.decided_at,
    first_labels.label as first_label,
    checks.label as check_label,
    checks.reviewer_id as checker_id,
    checks.inclusion_prob,
    case
        when first_labels.label = checks.label then first_labels.label else adjudications.label
    end as true_label,
    true_label is not null as is_settled,
    first_labels.label <> true_label as is_error,
    first_labels.label = 'violating' and true_label <> 'violating' as is_over_enforced,
    first_labels.label <> 'violating' and true_label = 'violating' as is_under_enforced,
    first_labels.label <> 'violating'
    and true_label = 'violating'
    and review_tasks.severity in ('S0', 'S1') as is_critical_error
from first_labels
inner join checks using (item_id)
inner join
    {{ ref("stg_review_tasks") }} as review_tasks on first_labels.item_id = review_tasks.task_id
left join adjudications using (item_id)
order by first_labels.decided_at, first_labels.item_id
