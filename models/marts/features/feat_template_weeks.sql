with

    templated_requests as (
        select
            account_id,
            template_hash,
            date_trunc('week', activity_date)::date as week_starts_on,
            occurred_at,
            slot_hash,
            target_hmac,
            place_code,
            contact_hmac,
            language,
            task_label,
            refused
        from {{ ref("int_requests") }}
        where account_id is not null and template_hash is not null
    ),

    -- A template is something used again: what an account sent once in a week is left out.
    reused_templates as (
        select account_id, template_hash, week_starts_on
        from templated_requests
        group by account_id, template_hash, week_starts_on
        having count(*) > 1
    ),

    template_accounts as (
        select template_hash, count(distinct account_id) as account_count_on_template
        from (select distinct template_hash, account_id from templated_requests)
        group by template_hash
    ),

    label_counts as (
        select account_id, template_hash, week_starts_on, task_label, count(*) as request_count
        from templated_requests
        semi join reused_templates using (account_id, template_hash, week_starts_on)
        where task_label is not null
        group by account_id, template_hash, week_starts_on, task_label
    ),

    top_labels as (
        select
            account_id,
            template_hash,
            week_starts_on,
            arg_max(task_label, (request_count, task_label)) as top_task_label
        from label_counts
        group by account_id, template_hash, week_starts_on
    ),

    template_weeks as (
        select
            account_id,
            template_hash,
            week_starts_on,
            count(*) as request_count,
            count(distinct slot_hash) as slot_count,
            count(distinct target_hmac) as target_count,
            count(distinct place_code) as place_count,
            count(distinct contact_hmac) as contact_count,
            count(distinct language) as language_count,
            count(*) filter (where refused) as refused_count,
            min(occurred_at) as first_at,
            max(occurred_at) as last_at
        from templated_requests
        semi join reused_templates using (account_id, template_hash, week_starts_on)
        group by account_id, template_hash, week_starts_on
    )

select
    account_id,
    template_hash,
    week_starts_on,
    template_weeks.request_count,
    template_weeks.slot_count,
    template_weeks.target_count,
    template_weeks.place_count,
    template_weeks.contact_count,
    template_weeks.language_count,
    template_accounts.account_count_on_template,
    top_labels.top_task_label,
    template_weeks.refused_count,
    template_weeks.first_at,
    template_weeks.last_at
from template_weeks
inner join template_accounts using (template_hash)
left join top_labels using (account_id, template_hash, week_starts_on)
