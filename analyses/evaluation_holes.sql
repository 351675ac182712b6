select policy_id, surface, language, action_count, eval_count, item_count, last_run_at, is_covered
from {{ ref("eval_coverage") }}
where language = $language and (is_covered = false or not $holes_only)
order by is_covered, action_count desc, policy_id, surface, language
limit $limit
