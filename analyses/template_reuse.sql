select
    week_starts_on,
    account_id,
    template_hash,
    top_task_label,
    request_count,
    slot_count,
    target_count,
    place_count,
    contact_count,
    language_count,
    account_count_on_template,
    refused_count,
    first_at,
    last_at
from {{ ref("feat_template_weeks") }}
where
    ($account_id is null or account_id = $account_id)
    and ($template_hash is null or template_hash = $template_hash)
    and week_starts_on >= $since
    and week_starts_on < $until
    and request_count >= $minimum_requests
order by request_count desc, week_starts_on, account_id, template_hash
limit $limit
