select run_id, graders, answer_count, agreed_share, fleiss_kappa, alpha, alpha_low, alpha_high
from {{ ref("eval_grader_agreement") }}
where $run_id is null or run_id = $run_id
order by alpha nulls last, run_id, graders
limit $limit
