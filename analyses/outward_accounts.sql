select
    feat_account_networks.account_id,
    feat_account_networks.account_created_at,
    feat_account_networks.cluster_id,
    feat_account_networks.is_verified_org_member,
    account_spans.first_active_on,
    account_spans.last_active_on,
    account_spans.request_count,
    int_account_bans.banned_at is not null and int_account_bans.is_in_force as is_banned,
    account_signals.signal_ids,
    account_signals.first_detected_at,
    int_reviewed_subjects.label as review_label
from {{ ref("feat_account_networks") }} as feat_account_networks
left join
    (
        select
            account_id,
            min(activity_date) as first_active_on,
            max(activity_date) as last_active_on,
            sum(request_count)::bigint as request_count
        from {{ ref("feat_account_days") }}
        where account_id = any($account_ids)
        group by account_id
    ) as account_spans using (account_id)
left join {{ ref("int_account_bans") }} as int_account_bans using (account_id)
left join
    (
        select
            account_id,
            list(distinct signal_id order by signal_id) as signal_ids,
            min(detected_at) as first_detected_at
        from {{ ref("signal_subjects") }}
        where account_id = any($account_ids)
        group by account_id
    ) as account_signals using (account_id)
left join
    {{ ref("int_reviewed_subjects") }} as int_reviewed_subjects
    on int_reviewed_subjects.subject_type = 'account'
    and feat_account_networks.account_id = int_reviewed_subjects.subject_id
where feat_account_networks.account_id = any($account_ids)
order by feat_account_networks.account_id
limit $limit
