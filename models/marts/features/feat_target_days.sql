with

    target_requests as (
        select
            int_requests.target_hmac,
            int_requests.activity_date,
            int_requests.account_id,
            int_requests.occurred_at,
            int_requests.task_label,
            accounts.created_at as account_created_at,
            -- Windows reach back over midnight: a brigade that starts at 23:00 is one brigade.
            count(distinct int_requests.account_id) over (
                partition by int_requests.target_hmac
                order by
                    int_requests.occurred_at
                    range between interval 6 hours preceding and current row
            ) as accounts_in_6_hours,
            count(
                distinct case
                    when int_requests.task_label = 'harassment' then int_requests.account_id
                end
            ) over (
                partition by int_requests.target_hmac
                order by
                    int_requests.occurred_at
                    range between interval 6 hours preceding and current row
            ) as harassing_accounts_in_6_hours
        from {{ ref("int_requests") }} as int_requests
        left join {{ ref("stg_accounts") }} as accounts using (account_id)
        where int_requests.target_hmac is not null and int_requests.account_id is not null
    )

select
    target_hmac,
    activity_date,
    count(distinct account_id) as account_count,
    count(*) as request_count,
    count(*) filter (where task_label = 'harassment') as harassment_count,
    count(*) filter (where task_label = 'harassment') / count(*) as harassment_share,
    count(distinct account_id) filter (where task_label = 'harassment') as harassing_account_count,
    max(accounts_in_6_hours) as max_accounts_in_6_hours,
    max(harassing_accounts_in_6_hours) as max_harassing_accounts_in_6_hours,
    count(distinct account_id) filter (where account_created_at > activity_date - interval 30 days)
    / count(distinct account_id) as young_account_share,
    list(distinct account_id order by account_id) as accounts,
    coalesce(
        list(distinct account_id order by account_id) filter (where task_label = 'harassment'), []
    ) as harassing_accounts,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at
from target_requests
group by target_hmac, activity_date
