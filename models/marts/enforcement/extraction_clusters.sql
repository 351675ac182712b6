with

    hit_clusters as (
        select
            subject_id as cluster_id,
            min(detected_at) as first_hit_at,
            arg_min(signal_id, (detected_at, signal_id)) as signal_id
        from {{ ref("signals") }}
        where subject_type = 'cluster'
        group by subject_id
    ),

    members as (
        select hit_clusters.cluster_id, clusters.account_id
        from hit_clusters
        inner join {{ ref("int_account_clusters") }} as clusters using (cluster_id)
    ),

    first_actions as (
        select
            members.cluster_id,
            min(actions.occurred_at) as first_action_at,
            arg_min(actions.action_id, (actions.occurred_at, actions.action_id)) as action_id
        from members
        inner join {{ ref("actions") }} as actions on members.account_id = actions.subject_id
        where
            actions.subject_type = 'account'
            and not actions.is_reversal
            and actions.action_type <> 'report_out'
        group by members.cluster_id
    ),

    traffic as (
        select
            members.cluster_id,
            min(int_requests.occurred_at) as first_request_at,
            sum(int_requests.output_tokens)::bigint as output_tokens,
            coalesce(
                sum(int_requests.output_tokens) filter (
                    where
                        int_requests.occurred_at < first_actions.first_action_at
                        or first_actions.first_action_at is null
                ),
                0
            )::bigint as tokens_before_action
        from members
        left join first_actions using (cluster_id)
        inner join
            {{ ref("int_requests") }} as int_requests
            on members.account_id = int_requests.account_id
        group by members.cluster_id
    ),

    sizes as (select cluster_id, count(*) as member_count from members group by cluster_id)

select
    cluster_id,
    sizes.member_count,
    hit_clusters.signal_id,
    hit_clusters.first_hit_at,
    traffic.first_request_at,
    first_actions.action_id,
    first_actions.first_action_at,
    traffic.output_tokens,
    traffic.tokens_before_action,
    (
        epoch_us(coalesce(first_actions.first_action_at, int_snapshot_clock.as_of))
        - epoch_us(traffic.first_request_at)
    )
    / 8.64e10::double as dwell_days,
    first_actions.first_action_at is null as is_dwell_censored
from hit_clusters
inner join sizes using (cluster_id)
left join traffic using (cluster_id)
left join first_actions using (cluster_id)
cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
order by cluster_id
