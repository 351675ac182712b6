with

    -- Where no key that could link was recorded yet, nobody could be seen to come back.
    link_data as (
        select min(first_at) as link_data_from
        from {{ ref("int_input_coverage") }}
        where table_name in ('logins', 'payment_instruments', 'devices') and is_present
    ),

    account_actions as (
        select
            actions.action_id,
            actions.subject_id as account_id,
            entities.link_strength,
            entities.entity_id,
            actions.occurred_at,
            actions.is_terminal,
            actions.policy_id,
            actions.reversed_at,
            coalesce(review_tasks.created_at, actions.occurred_at) as known_at
        from {{ ref("actions") }} as actions
        inner join
            {{ ref("int_account_entities") }} as entities
            on actions.subject_id = entities.account_id
        left join
            {{ ref("stg_review_decisions") }} as review_decisions
            on actions.decision_id = review_decisions.decision_id
        left join {{ ref("stg_review_tasks") }} as review_tasks using (task_id)
        where
            actions.subject_type = 'account'
            and not actions.is_reversal
            and actions.action_type <> 'report_out'
    ),

    firsts as (
        select account_actions.*, as_of
        from account_actions
        cross join link_data
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where
            account_actions.link_strength = 'account'
            or account_actions.occurred_at >= link_data_from
        qualify
            row_number() over (
                partition by link_strength, entity_id
                order by account_actions.occurred_at, action_id
            )
            = 1
    ),

    last_requests as (
        select account_id, max(occurred_at) as last_request_at
        from {{ ref("int_requests") }}
        group by account_id
    ),

    -- A new violation became known after the action, and the account was active after it: the rest
    -- of a sweep is not recidivism.
    violations as (
        select
            firsts.link_strength,
            firsts.entity_id,
            arg_min(
                account_actions.account_id, (account_actions.occurred_at, account_actions.action_id)
            ) as account_id,
            min(account_actions.occurred_at) as event_at
        from firsts
        inner join account_actions using (link_strength, entity_id)
        inner join last_requests on account_actions.account_id = last_requests.account_id
        where
            account_actions.action_id <> firsts.action_id
            and account_actions.known_at > firsts.occurred_at
            and last_requests.last_request_at > firsts.occurred_at
        group by firsts.link_strength, firsts.entity_id
    ),

    new_accounts as (
        select
            firsts.link_strength,
            firsts.entity_id,
            arg_min(accounts.account_id, (accounts.created_at, accounts.account_id)) as account_id,
            min(accounts.created_at) as event_at
        from firsts
        inner join {{ ref("int_account_entities") }} as entities using (link_strength, entity_id)
        inner join
            {{ ref("stg_accounts") }} as accounts on entities.account_id = accounts.account_id
        where accounts.created_at > firsts.occurred_at
        group by firsts.link_strength, firsts.entity_id
    ),

    outcomes as (
        select
            firsts.*,
            'violates_again' as outcome,
            violations.account_id as event_account_id,
            event_at
        from firsts
        left join violations using (link_strength, entity_id)
        union all
        -- One who was not banned may open as many accounts as they like.
        select firsts.*, 'new_account', new_accounts.account_id, event_at
        from firsts
        left join new_accounts using (link_strength, entity_id)
        where firsts.is_terminal and firsts.link_strength <> 'account'
    )

select
    link_strength,
    entity_id,
    outcome,
    action_id,
    account_id,
    policy_id,
    occurred_at,
    case
        when event_at < coalesce(reversed_at, 'infinity') then event_account_id
    end as returned_account_id,
    case when event_at < coalesce(reversed_at, 'infinity') then event_at end as returned_at,
    -- An action that was undone no longer bars anybody: the entity is censored there.
    (epoch_us(least(event_at, reversed_at, as_of)) - epoch_us(occurred_at))
    / 8.64e10::double as duration_days,
    coalesce(event_at >= reversed_at, event_at is null) as is_censored
from outcomes
order by link_strength, entity_id, outcome
