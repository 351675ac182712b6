with

    -- Most prompts are nobody's template: they are left out before anything else is counted.
    reused_templates as (
        select template_hash, count(*) as request_count
        from {{ ref("int_requests") }}
        where template_hash is not null
        group by template_hash
        having count(*) > 1
    ),

    template_accounts as (
        select template_hash, count(distinct account_id) as account_count
        from {{ ref("int_requests") }}
        semi join reused_templates using (template_hash)
        group by template_hash
    )

select template_hash, reused_templates.request_count, template_accounts.account_count
from reused_templates
inner join template_accounts using (template_hash)
