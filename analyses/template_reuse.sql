with

    -- A week belongs to the window if its Monday does, which begins at midnight. It is said in
    -- dates, as they are stored: turning each into a time costs more than all the rest.
    weeks as (
        select *
        from {{ ref("feat_template_weeks") }}
        where
            ($account_id is null or account_id = $account_id)
            and ($template_hash is null or template_hash = $template_hash)
            and week_starts_on > ($since - interval 1 microsecond)::date
            and week_starts_on <= ($until - interval 1 microsecond)::date
            and request_count >= $minimum_requests
    ),

    -- What cannot be among the first is not read in full.
    most_requests as (select request_count from weeks order by request_count desc limit $limit)

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
from weeks
where request_count >= (select min(request_count) from most_requests)
order by request_count desc, week_starts_on, account_id, template_hash
limit $limit
