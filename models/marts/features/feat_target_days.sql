with

    target_requests as (
        select
            int_requests.target_hmac,
            int_requests.activity_date,
            account_id,
            int_requests.occurred_at,
            int_requests.task_label,
            accounts.created_at as account_created_at
        from {{ ref("int_requests") }} as int_requests
        left join {{ ref("stg_accounts") }} as accounts using (account_id)
        where int_requests.target_hmac is not null and account_id is not null
    ),

    acts as (
        select
            target_hmac, account_id, occurred_at, bool_or(task_label = 'harassment') as is_harassing
        from target_requests
        group by target_hmac, account_id, occurred_at
    ),

    -- An account is present from an act until six hours after it, both ends inside. It comes when
    -- it was not present before, and leaves when no act follows in time: counts of accounts
    -- without counting distinct ones, over midnight too. A brigade that starts at 23:00 is one
    -- brigade.
    presences as (
        select
            target_hmac,
            occurred_at,
            coalesce(
                occurred_at - lag(occurred_at) over every_act > interval 6 hours, true
            ) as comes,
            coalesce(
                (lead(occurred_at) over every_act) - occurred_at > interval 6 hours, true
            ) as leaves,
            is_harassing
            and coalesce(
                occurred_at - max(case when is_harassing then occurred_at end) over earlier_acts
                > interval 6 hours,
                true
            ) as comes_to_harass,
            is_harassing
            and coalesce(
                (min(case when is_harassing then occurred_at end) over later_acts) - occurred_at
                > interval 6 hours,
                true
            ) as leaves_off_harassing
        from acts
        window
            every_act as (partition by target_hmac, account_id order by occurred_at),
            earlier_acts as (
                partition by target_hmac, account_id
                order by occurred_at
                rows between unbounded preceding and 1 preceding
            ),
            later_acts as (
                partition by target_hmac, account_id
                order by occurred_at
                rows between 1 following and unbounded following
            )
    ),

    moves as (
        select
            target_hmac,
            occurred_at as moved_at,
            false as is_leaving,
            comes::integer as account_step,
            comes_to_harass::integer as harassing_step
        from presences
        union all
        select
            target_hmac,
            occurred_at + interval 6 hours,
            true,
            - leaves::integer,
            - leaves_off_harassing::integer
        from presences
        where leaves or leaves_off_harassing
    ),

    -- Of one instant, those who act count before those whose six hours are over.
    crowds as (
        select
            target_hmac,
            moved_at,
            is_leaving,
            sum(account_step) over so_far as account_count,
            sum(harassing_step) over so_far as harassing_account_count
        from moves
        window
            so_far as (
                partition by target_hmac
                order by moved_at, is_leaving
                range between unbounded preceding and current row
            )
    ),

    crowd_days as (
        select
            target_hmac,
            moved_at::date as activity_date,
            max(account_count)::bigint as max_accounts_in_6_hours,
            max(harassing_account_count)::bigint as max_harassing_accounts_in_6_hours
        from crowds
        where not is_leaving
        group by target_hmac, moved_at::date
    ),

    days as (
        select
            target_hmac,
            activity_date,
            count(distinct account_id) as account_count,
            count(*) as request_count,
            count(*) filter (where task_label = 'harassment') as harassment_count,
            count(distinct account_id) filter (
                where task_label = 'harassment'
            ) as harassing_account_count,
            count(distinct account_id) filter (
                where account_created_at > activity_date - interval 30 days
            ) as young_account_count,
            {{ sorted_values("account_id") }} as accounts,
            coalesce(
                {{ sorted_values("account_id", where="task_label = 'harassment'") }},
                {{ no_texts() }}
            ) as harassing_accounts,
            min(occurred_at) as first_at,
            max(occurred_at) as last_at
        from target_requests
        group by target_hmac, activity_date
    )

select
    target_hmac,
    activity_date,
    days.account_count,
    days.request_count,
    days.harassment_count,
    days.harassment_count / days.request_count as harassment_share,
    days.harassing_account_count,
    crowd_days.max_accounts_in_6_hours,
    crowd_days.max_harassing_accounts_in_6_hours,
    days.young_account_count / days.account_count as young_account_share,
    days.accounts,
    days.harassing_accounts,
    days.first_at,
    days.last_at
from days
inner join crowd_days using (target_hmac, activity_date)
