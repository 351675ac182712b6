with

    days as (
        select
            account_id,
            min(activity_date) as first_active_on,
            max(activity_date) as last_active_on,
            count(*) as active_day_count,
            sum(request_count)::bigint as request_count,
            sum(output_tokens)::bigint as output_tokens,
            sum(refused_count)::bigint as refused_count,
            arg_max(request_count_28d, activity_date) as request_count_28d
        from {{ ref("feat_account_days") }}
        where account_id = $account_id
        group by account_id
    ),

    events as (
        select
            account_id,
            count(*) filter (where event_kind = 'reported') as report_count,
            count(*) filter (where event_kind = 'reviewed') as decision_count,
            count(*) filter (where event_kind = 'appealed') as appeal_count
        from {{ ref("int_subject_events") }}
        where account_id = $account_id
        group by account_id
    ),

    hits as (
        select account_id, count(distinct signal_id) as signal_count
        from {{ ref("signal_subjects") }}
        where account_id = $account_id
        group by account_id
    ),

    ledger as (
        select subject_id as account_id, count(*) as action_count
        from {{ ref("actions") }}
        where subject_type = 'account' and subject_id = $account_id and not is_reversal
        group by subject_id
    )

select
    account_id,
    networks.account_created_at,
    date_diff('day', networks.account_created_at, clock.as_of) as account_age_days,
    networks.is_verified_org_member,
    networks.cluster_id,
    networks.cluster_member_count,
    networks.linked_account_count,
    networks.linked_banned_accounts,
    days.first_active_on,
    days.last_active_on,
    coalesce(days.active_day_count, 0) as active_day_count,
    coalesce(days.request_count, 0) as request_count,
    coalesce(days.output_tokens, 0) as output_tokens,
    coalesce(days.refused_count, 0) as refused_count,
    coalesce(days.request_count_28d, 0) as request_count_28d,
    coalesce(hits.signal_count, 0) as signal_count,
    coalesce(events.report_count, 0) as report_count,
    coalesce(events.decision_count, 0) as decision_count,
    coalesce(ledger.action_count, 0) as action_count,
    coalesce(events.appeal_count, 0) as appeal_count,
    risk.route,
    risk.bits,
    risk.escalation_bits,
    risk.is_above_escalation,
    bans.banned_at,
    bans.reversed_at as ban_reversed_at
from {{ ref("feat_account_networks") }} as networks
cross join {{ ref("int_snapshot_clock") }} as clock
left join days using (account_id)
left join events using (account_id)
left join hits using (account_id)
left join ledger using (account_id)
left join
    {{ ref("risk_scores") }} as risk
    on risk.subject_type = 'account'
    and networks.account_id = risk.subject_id
left join {{ ref("int_account_bans") }} as bans using (account_id)
where account_id = $account_id
order by account_id
limit $limit
