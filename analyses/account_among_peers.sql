with

    surfaces as (
        select
            *,
            case
                when greatest(chat_share, api_share, mcp_share) = chat_share
                then 'chat'
                when greatest(api_share, mcp_share) = api_share
                then 'api'
                else 'mcp'
            end as surface
        from {{ ref("feat_account_days") }}
        where
            activity_date = (
                select max(activity_date)
                from {{ ref("feat_account_days") }}
                where account_id = $account_id and activity_date < $until
            )
    ),

    peers as (
        select *
        from surfaces
        where surface = (select surface from surfaces where account_id = $account_id)
    ),

    names as (
        select
            [
                'request_count',
                'output_tokens',
                'refused_share',
                'reasoning_share',
                'template_count',
                'top_template_share',
                'ip_prefix_count',
                'country_count',
                'device_count',
                'active_hour_count',
                'hour_entropy',
                'request_count_28d',
                'output_tokens_28d',
                'active_days_28d',
                'refused_share_28d',
                'reasoning_share_28d'
            ] as measures
    ),

    -- The place of a measure in the list stands for its name: grouping by a number is cheap.
    figures as (
        select
            account_id,
            activity_date,
            surface,
            unnest(
                [
                    request_count::double,
                    output_tokens,
                    refused_share,
                    reasoning_share,
                    template_count,
                    top_template_share,
                    ip_prefix_count,
                    country_count,
                    device_count,
                    active_hour_count,
                    hour_entropy,
                    request_count_28d,
                    output_tokens_28d,
                    active_days_28d,
                    refused_share_28d,
                    reasoning_share_28d
                ]
            ) as value,
            unnest(range(1, 17)) as place
        from peers
    ),

    own as (
        select place, activity_date, surface, value from figures where account_id = $account_id
    ),

    standings as (
        select
            own.place,
            own.activity_date,
            own.surface,
            own.value,
            count(figures.value) as peer_count,
            count(*) filter (where figures.value <= own.value) as at_or_below_count,
            count(*) filter (where figures.value > own.value) as above_count,
            quantile_cont(figures.value, [0.5, 0.9, 0.99]) as quantiles,
            max(figures.value) as highest
        from figures
        inner join own using (place)
        group by own.place, own.activity_date, own.surface, own.value
    )

select
    names.measures[place] as measure,
    activity_date,
    surface,
    value,
    peer_count,
    case
        when value is not null then at_or_below_count / nullif(peer_count, 0)
    end as share_at_or_below,
    case when value is not null then above_count + 1 end as rank_from_top,
    quantiles[1] as p50,
    quantiles[2] as p90,
    quantiles[3] as p99,
    highest
from standings
cross join names
order by share_at_or_below desc nulls last, measure
limit $limit
