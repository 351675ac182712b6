with

    template_accounts as (
        select template_hash, account_id, count(*) as account_request_count
        from {{ ref("int_requests") }}
        where template_hash is not null
        group by template_hash, account_id
    )

-- Most prompts are nobody's template.
select
    template_hash,
    sum(account_request_count)::bigint as request_count,
    count(account_id) as account_count
from template_accounts
group by template_hash
having sum(account_request_count) > 1
