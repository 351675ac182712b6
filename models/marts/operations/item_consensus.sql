with

    answers as (
        select item_id, queue_id, is_golden, known_answer, answer, count(*) as answer_count
        from {{ ref("int_reviewer_labels") }}
        group by item_id, queue_id, is_golden, known_answer, answer
    ),

    items as (
        select
            item_id,
            queue_id,
            is_golden,
            known_answer,
            sum(answer_count)::bigint as label_count,
            max(answer_count) as majority_count,
            -- Of a tie, the first in the alphabet: arbitrary, but the same every time.
            min_by(answer, (- answer_count, answer)) as majority_answer
        from answers
        group by item_id, queue_id, is_golden, known_answer
    ),

    ties as (
        select item_id, queue_id, count(*) > 1 as is_tied
        from answers
        inner join items using (item_id, queue_id)
        where answer_count = majority_count
        group by item_id, queue_id
    )

select
    items.item_id,
    items.queue_id,
    items.is_golden,
    items.label_count,
    items.majority_answer,
    items.majority_count,
    ties.is_tied,
    items.known_answer,
    items.majority_answer = items.known_answer as is_majority_right
from items
inner join ties using (item_id, queue_id)
order by items.queue_id, items.item_id
