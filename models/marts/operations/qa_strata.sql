with

    decided as (
        select item_id as task_id, queue_id, label as first_label, severity as found_severity
        from {{ ref("int_reviewer_labels") }}
        where not is_blind_check and not is_golden
        qualify row_number() over (partition by item_id order by decided_at, decision_id) = 1
    ),

    populations as (
        select
            decided.queue_id, decided.first_label, review_tasks.severity, count(*) as decided_count
        from decided
        inner join {{ ref("stg_review_tasks") }} as review_tasks using (task_id)
        where review_tasks.source <> 'appeal'
        group by all
    ),

    checked as (
        select queue_id, first_label, severity, is_error, inclusion_prob, is_settled
        from {{ ref("double_reviews") }}
        where inclusion_prob > 0
    ),

    draws as (
        select
            queue_id,
            first_label,
            severity,
            count(*) as drawn_count,
            count(*) filter (where not is_settled) as unsettled_count,
            min(inclusion_prob) as smallest_inclusion_prob,
            sum((1 / inclusion_prob)::decimal(38, 12))::double as estimated_decided_count
        from checked
        group by all
    ),

    -- Whether one is an error is not known, and not counted, before it is settled.
    errors as (
        {{
            horvitz_thompson(
                "checked",
                "is_error::integer",
                "inclusion_prob",
                by=["queue_id", "first_label", "severity"],
            )
        }}
    )

select
    populations.queue_id,
    populations.first_label,
    populations.severity,
    populations.decided_count,
    coalesce(draws.drawn_count, 0) as drawn_count,
    coalesce(draws.unsettled_count, 0) as unsettled_count,
    draws.smallest_inclusion_prob,
    draws.estimated_decided_count,
    errors.total as estimated_error_count,
    errors.total_std_error as estimated_error_count_std_error,
    errors.mean as error_share,
    {{ wilson_low("errors.mean * errors.effective_count", "errors.effective_count") }}
    as error_share_low,
    {{ wilson_high("errors.mean * errors.effective_count", "errors.effective_count") }}
    as error_share_high
from populations
left join draws using (queue_id, first_label, severity)
left join errors using (queue_id, first_label, severity)
order by populations.queue_id, populations.first_label, populations.severity
