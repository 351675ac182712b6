select
    comparisons.run_id,
    here.eval_id,
    here.item_id,
    here.cluster_id,
    here.stratum,
    here.language,
    there.passed_part as passed_before,
    here.passed_part as passed_now
from {{ ref("eval_comparisons") }} as comparisons
inner join {{ ref("eval_answers") }} as here on comparisons.run_id = here.run_id
inner join
    {{ ref("eval_answers") }} as there
    on comparisons.baseline_run_id = there.run_id
    and here.item_id = there.item_id
    and here.eval_id = there.eval_id
where ($run_id is null or comparisons.run_id = $run_id) and here.passed_part < there.passed_part
order by
    comparisons.run_id, there.passed_part - here.passed_part desc, here.cluster_id, here.item_id
limit $limit
