with

    member_hours as (
        select hours.account_id, hours.activity_hour, hours.request_count, hours.output_tokens
        from {{ ref("feat_account_hours") }} as hours
        semi join
            (
                select account_id
                from {{ ref("int_account_clusters") }}
                where cluster_id = $cluster_id
            ) as members using (account_id)
        where hours.activity_hour >= $since and hours.activity_hour < $until
    ),

    cluster_hours as (
        select activity_hour, sum(request_count)::bigint as total
        from member_hours
        group by activity_hour
    ),

    cluster_totals as (
        select
            count(*) as hour_count,
            sum(total)::bigint as total_sum,
            sum(total * total)::hugeint as total_square_sum
        from cluster_hours
    ),

    members as (
        select
            account_id,
            count(*) as active_hour_count,
            sum(request_count)::bigint as request_count,
            sum(output_tokens)::bigint as output_tokens,
            min(activity_hour) as first_at,
            max(activity_hour) as last_at,
            sum(request_count * request_count)::hugeint as own_square_sum,
            sum(request_count * total)::hugeint as product_sum
        from member_hours
        inner join cluster_hours using (activity_hour)
        group by account_id
    ),

    -- Hours without a request of the member add nothing to its sums, so whole numbers are enough.
    moments as (
        select
            *,
            hour_count * (product_sum - own_square_sum)
            - request_count * (total_sum - request_count) as covariance,
            hour_count * own_square_sum - request_count * request_count as own_variance,
            hour_count * (total_square_sum - 2 * product_sum + own_square_sum)
            - (total_sum - request_count) * (total_sum - request_count) as others_variance
        from members
        cross join cluster_totals
    )

select
    account_id,
    request_count,
    request_count / total_sum as request_share,
    output_tokens,
    active_hour_count,
    hour_count as cluster_hour_count,
    first_at,
    last_at,
    covariance::double
    / nullif(sqrt(own_variance::double) * sqrt(others_variance::double), 0) as hour_correlation
from moments
order by request_count desc, account_id
limit $limit
