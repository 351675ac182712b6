select
    queue_id,
    question,
    item_count,
    alpha,
    alpha_low,
    alpha_high,
    pair_count,
    kappa,
    kappa_low,
    kappa_high
from {{ ref("review_agreement") }}
where ($queue_id is null or queue_id = $queue_id)
order by queue_id, question
limit $limit
