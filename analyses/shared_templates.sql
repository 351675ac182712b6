select
    template_hash,
    arg_max(top_task_label, (request_count, account_id, week_starts_on)) as top_task_label,
    count(distinct account_id) as holder_count,
    list(distinct account_id order by account_id) as holders,
    sum(request_count)::bigint as request_count,
    max(slot_count) as slot_count_max,
    any_value(account_count_on_template) as account_count_on_template,
    min(first_at) as first_at,
    max(last_at) as last_at
from {{ ref("feat_template_weeks") }}
where account_id = any($account_ids) and week_starts_on >= $since and week_starts_on < $until
group by template_hash
having count(distinct account_id) > 1
order by holder_count desc, request_count desc, template_hash
limit $limit
