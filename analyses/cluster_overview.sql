with

    members as (
        select account_id from {{ ref("int_account_clusters") }} where cluster_id = $cluster_id
    ),

    people as (
        select
            count(*) as member_count,
            count(*) filter (where bans.is_in_force) as banned_count,
            count(*) filter (where networks.is_verified_org_member) as verified_member_count,
            min(networks.account_created_at) as first_signed_up_at,
            max(networks.account_created_at) as last_signed_up_at
        from members
        left join {{ ref("feat_account_networks") }} as networks using (account_id)
        left join {{ ref("int_account_bans") }} as bans using (account_id)
    ),

    days as (
        select
            min(activity_date) as first_active_on,
            max(activity_date) as last_active_on,
            count(*) as active_day_count,
            coalesce(sum(request_count), 0)::bigint as request_count,
            coalesce(sum(output_tokens), 0)::bigint as output_tokens
        from {{ ref("feat_cluster_days") }}
        where cluster_id = $cluster_id
    ),

    hits as (
        select count(distinct signal_id) as signal_count, max(detected_at) as last_detected_at
        from {{ ref("signals") }}
        where subject_type = 'cluster' and subject_id = $cluster_id
    ),

    scores as (
        select
            count(*) filter (where risk.is_above_escalation) as escalated_member_count,
            max(risk.bits) as max_bits
        from {{ ref("risk_scores") }} as risk
        semi join members on risk.subject_id = members.account_id
        where risk.subject_type = 'account'
    ),

    ledger as (
        select count(*) as action_count
        from {{ ref("actions") }} as actions
        semi join members on actions.subject_id = members.account_id
        where actions.subject_type = 'account' and not actions.is_reversal
    )

select
    $cluster_id as cluster_id,
    people.member_count,
    people.banned_count,
    people.verified_member_count,
    people.first_signed_up_at,
    people.last_signed_up_at,
    days.first_active_on,
    days.last_active_on,
    days.active_day_count,
    days.request_count,
    days.output_tokens,
    hits.signal_count,
    hits.last_detected_at,
    scores.escalated_member_count,
    scores.max_bits,
    ledger.action_count
from people
cross join days
cross join hits
cross join scores
cross join ledger
where people.member_count > 0
order by cluster_id
limit $limit
