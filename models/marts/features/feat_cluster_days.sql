with

    member_requests as (
        select
            clusters.cluster_id,
            account_id,
            requests.activity_date,
            requests.occurred_at,
            requests.output_tokens,
            requests.max_tokens,
            requests.header_hash,
            requests.template_hash,
            requests.slot_hash,
            requests.task_label,
            requests.is_newest_model,
            networks.ip_type
        from {{ ref("int_requests") }} as requests
        inner join {{ ref("int_account_clusters") }} as clusters using (account_id)
        left join {{ ref("int_networks") }} as networks using (ip_prefix_hmac)
    ),

    request_days as (
        select
            cluster_id,
            activity_date,
            count(*) as request_count,
            sum(output_tokens)::bigint as output_tokens,
            count(header_hash) as header_request_count,
            count(*) filter (where ip_type = 'hosting') as hosting_count,
            count(ip_type) as known_network_count,
            count(distinct slot_hash) as slot_count,
            count(*) filter (
                where task_label in ('reasoning_trace', 'rubric_grading')
            ) as reasoning_count,
            count(*) filter (
                where {{ is_capped("output_tokens", "max_tokens") }}
            ) as capped_output_count,
            count(max_tokens) as limited_output_count,
            count(*) filter (where is_newest_model) as newest_model_count,
            count(is_newest_model) as released_model_count
        from member_requests
        group by cluster_id, activity_date
    ),

    account_counts as (
        select cluster_id, activity_date, account_id, count(*) as request_count
        from member_requests
        group by cluster_id, activity_date, account_id
    ),

    -- Sample variance over mean, from whole numbers: far below 1 when a rotation deals requests
    -- out.
    account_days as (
        select
            cluster_id,
            activity_date,
            count(*) as active_account_count,
            max(request_count) as max_account_requests,
            (
                count(*) * sum(request_count * request_count)
                - sum(request_count) * sum(request_count)
            )
            / nullif((count(*) - 1) * sum(request_count), 0) as count_dispersion
        from account_counts
        group by cluster_id, activity_date
    ),

    header_counts as (
        select cluster_id, activity_date, header_hash, count(*) as request_count
        from member_requests
        where header_hash is not null
        group by cluster_id, activity_date, header_hash
    ),

    header_days as (
        select
            cluster_id,
            activity_date,
            max(request_count) as top_header_count,
            {{ last_by("header_hash", ["request_count", "header_hash"]) }} as top_header_hash
        from header_counts
        group by cluster_id, activity_date
    ),

    hour_counts as (
        select
            cluster_id,
            activity_date,
            {{ hour_of("occurred_at") }} as activity_hour,
            count(*) as request_count
        from member_requests
        group by cluster_id, activity_date, activity_hour
    ),

    hour_days as (
        select cluster_id, activity_date, {{ hour_entropy("request_count") }} as hour_entropy
        from hour_counts
        group by cluster_id, activity_date
    ),

    template_accounts as (
        select cluster_id, activity_date, template_hash, account_id, count(*) as request_count
        from member_requests
        where template_hash is not null
        group by cluster_id, activity_date, template_hash, account_id
    ),

    template_counts as (
        select
            cluster_id,
            activity_date,
            template_hash,
            count(*) as account_count,
            sum(request_count) as request_count
        from template_accounts
        group by cluster_id, activity_date, template_hash
    ),

    template_days as (
        select
            cluster_id,
            activity_date,
            count(*) as template_count,
            sum(request_count) as templated_count,
            coalesce(
                sum(request_count) filter (where account_count > 1), 0
            ) as shared_template_count
        from template_counts
        group by cluster_id, activity_date
    ),

    clusters as (
        select
            cluster_id,
            any_value(member_count) as member_count,
            count(distinct keys.key_value) as payment_fingerprint_count
        from {{ ref("int_account_clusters") }} as members
        left join
            {{ ref("int_account_keys") }} as keys
            on members.account_id = keys.account_id
            and keys.key_type = 'payment'
        group by cluster_id
    ),

    verified_days as (
        select
            request_days.cluster_id,
            request_days.activity_date,
            count(distinct members.account_id) as verified_member_count
        from request_days
        inner join
            {{ ref("int_account_clusters") }} as members
            on request_days.cluster_id = members.cluster_id
        inner join
            {{ ref("int_verified_memberships") }} as memberships
            on members.account_id = memberships.account_id
        where
            memberships.from_at < request_days.activity_date + interval 1 day
            and coalesce(memberships.to_at > request_days.activity_date, true)
        group by request_days.cluster_id, request_days.activity_date
    ),

    active_days as (select activity_date from request_days group by activity_date),

    latest_releases as (
        select active_days.activity_date, max(releases.released_at::date) as released_on
        from active_days
        inner join
            {{ ref("stg_model_releases") }} as releases
            on active_days.activity_date >= releases.released_at::date
        group by active_days.activity_date
    )

select
    cluster_id,
    activity_date,
    clusters.member_count,
    account_days.active_account_count,
    request_days.request_count,
    request_days.output_tokens,
    account_days.max_account_requests,
    account_days.count_dispersion,
    header_days.top_header_hash,
    header_days.top_header_count / request_days.header_request_count as top_header_share,
    {{ share("request_days.hosting_count", "request_days.known_network_count") }} as hosting_share,
    coalesce(template_days.template_count, 0) as template_count,
    request_days.slot_count,
    template_days.shared_template_count / template_days.templated_count as shared_template_share,
    request_days.slot_count / template_days.template_count as slot_template_ratio,
    request_days.reasoning_count / request_days.request_count as reasoning_share,
    {{ share("request_days.capped_output_count", "request_days.limited_output_count") }}
    as capped_output_share,
    {{ share("request_days.newest_model_count", "request_days.released_model_count") }}
    as newest_model_share,
    {{ days_between("latest_releases.released_on", "activity_date") }} as days_since_release,
    hour_days.hour_entropy,
    coalesce(verified_days.verified_member_count, 0) / clusters.member_count as verified_org_share,
    clusters.payment_fingerprint_count,
    sum(request_days.request_count) over trailing_7d::bigint as request_count_7d,
    sum(request_days.output_tokens) over trailing_7d::bigint as output_tokens_7d,
    sum(template_days.shared_template_count) over trailing_7d
    / sum(template_days.templated_count) over trailing_7d as shared_template_share_7d,
    sum(request_days.reasoning_count) over trailing_7d
    / sum(request_days.request_count) over trailing_7d as reasoning_share_7d,
    sum(request_days.newest_model_count) over prior_7d
    / nullif(sum(request_days.released_model_count) over prior_7d, 0) as newest_model_share_prior_7d
from request_days
inner join clusters using (cluster_id)
inner join account_days using (cluster_id, activity_date)
inner join hour_days using (cluster_id, activity_date)
left join header_days using (cluster_id, activity_date)
left join template_days using (cluster_id, activity_date)
left join verified_days using (cluster_id, activity_date)
left join latest_releases using (activity_date)
window
    trailing_7d as (
        partition by cluster_id
        order by {{ days_between("date '1970-01-01'", "activity_date") }}
        range between 6 preceding and current row
    ),
    prior_7d as (
        partition by cluster_id
        order by {{ days_between("date '1970-01-01'", "activity_date") }}
        range between 7 preceding and 1 preceding
    )
order by cluster_id, activity_date
