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

    measures as (
        select
            account_id,
            activity_date,
            surface,
            unnest(
                [
                    {'measure':'request_count', 'value':request_count::double},
                    {'measure':'output_tokens', 'value':output_tokens::double},
                    {'measure':'refused_share', 'value':refused_share::double},
                    {'measure':'reasoning_share', 'value':reasoning_share::double},
                    {'measure':'template_count', 'value':template_count::double},
                    {'measure':'top_template_share', 'value':top_template_share::double},
                    {'measure':'ip_prefix_count', 'value':ip_prefix_count::double},
                    {'measure':'country_count', 'value':country_count::double},
                    {'measure':'device_count', 'value':device_count::double},
                    {'measure':'active_hour_count', 'value':active_hour_count::double},
                    {'measure':'hour_entropy', 'value':hour_entropy::double},
                    {'measure':'request_count_28d', 'value':request_count_28d::double},
                    {'measure':'output_tokens_28d', 'value':output_tokens_28d::double},
                    {'measure':'active_days_28d', 'value':active_days_28d::double},
                    {'measure':'refused_share_28d', 'value':refused_share_28d::double},
                    {'measure':'reasoning_share_28d', 'value':reasoning_share_28d::double}
                ],
                recursive := true
            )
        from peers
    ),

    own as (select measure, value from measures where account_id = $account_id)

select
    measures.measure,
    any_value(measures.activity_date) as activity_date,
    any_value(measures.surface) as surface,
    any_value(own.value) as value,
    count(measures.value) as peer_count,
    count(*) filter (where measures.value <= own.value)
    / nullif(count(measures.value) filter (where own.value is not null), 0) as share_at_or_below,
    case
        when any_value(own.value) is not null
        then count(*) filter (where measures.value > own.value) + 1
    end as rank_from_top,
    quantile_cont(measures.value, 0.5) as p50,
    quantile_cont(measures.value, 0.9) as p90,
    quantile_cont(measures.value, 0.99) as p99,
    max(measures.value) as highest
from measures
inner join own using (measure)
group by measures.measure
order by share_at_or_below desc nulls last, measures.measure
limit $limit
