with

    own_day as materialized(
        select activity_date, surface
        from {{ ref("feat_peer_days") }}
        where
            account_id = $account_id
            and activity_date = (
                select max(activity_date)
                from {{ ref("feat_account_days") }}
                where account_id = $account_id and activity_date < $until
            )
    ),

    days as (
        select
            account_id,
            activity_date,
            surface,
            case
                $measure
                when 'request_count'
                then request_count
                when 'output_tokens'
                then output_tokens
                when 'request_count_28d'
                then request_count_28d
                when 'output_tokens_28d'
                then output_tokens_28d
                when 'active_days_28d'
                then active_days_28d
                when 'template_count'
                then template_count
                when 'ip_prefix_count'
                then ip_prefix_count
                when 'device_count'
                then device_count
                when 'active_hour_count'
                then active_hour_count
                when 'hour_entropy'
                then hour_entropy
                when 'refused_share_28d'
                then refused_share_28d
                when 'reasoning_share_28d'
                then reasoning_share_28d
            end::double as value
        from {{ ref("feat_peer_days") }}
        semi join own_day using (activity_date, surface)
    ),

    own as (select surface, activity_date, value from days where account_id = $account_id),

    peers as (select value from days where value is not null),

    -- Twenty bins up to the 99th percentile, and one for what lies above.
    edges as (
        select min(value) as lowest, quantile_cont(value, 0.99) as p99, max(value) as highest
        from peers
    ),

    bins as (
        select
            case
                when p99 <= lowest
                then 0
                else least(20, floor(20 * (value - lowest) / (p99 - lowest)))
            end as bin,
            count(*) as peer_count
        from peers
        cross join edges
        group by bin
    ),

    all_bins as (
        select
            lowest + place * (p99 - lowest) / 20 as value_from,
            case
                when place < 20 and p99 > lowest then lowest + (place + 1) * (p99 - lowest) / 20
            end as value_to,
            coalesce(bins.peer_count, 0) as peer_count
        from edges
        cross join (select unnest(range(21)) as place) as places
        left join bins on bins.bin = places.place
        where lowest is not null and (p99 > lowest or place = 0)
    )

select
    value_from,
    value_to,
    peer_count,
    own.value as own_value,
    coalesce(own.value >= value_from and coalesce(own.value < value_to, true), false) as is_own_bin,
    own.activity_date,
    own.surface
from all_bins
cross join own
order by value_from
limit $limit
