with

    own as materialized(
        select *
        from {{ ref("feat_peer_days") }}
        where
            account_id = $account_id
            and activity_date = (
                select max(activity_date)
                from {{ ref("feat_account_days") }}
                where account_id = $account_id and activity_date < $until
            )
    ),

    peers as (
        select peer_days.* exclude (activity_date, surface, account_id)
        from {{ ref("feat_peer_days") }} as peer_days
        semi join own using (activity_date, surface)
    ),

    own_values as (select columns(* exclude (activity_date, surface, account_id))::double from own),

    own_measures as (from own_values unpivot include nulls(value for measure in (*))),

    -- Measures stay columns until they are added up: a row for each measure of each peer costs
    -- several times as much.
    standings as (
        select
            struct_pack(
                peer_count := count(columns('(.*)')),
                quantiles := quantile_cont(columns('(.*)')::double, [0.5, 0.9, 0.99]),
                highest := max(columns('(.*)'))::double
            ) as '\1'
        from peers
    ),

    measures as (from standings unpivot (standing for measure in (*))),

    places as (
        select
            count(*) filter (where peers.request_count <= own.request_count) as request_count,
            count(*) filter (where peers.output_tokens <= own.output_tokens) as output_tokens,
            count(*) filter (where peers.refused_share <= own.refused_share) as refused_share,
            count(*) filter (where peers.reasoning_share <= own.reasoning_share) as reasoning_share,
            count(*) filter (where peers.template_count <= own.template_count) as template_count,
            count(*) filter (
                where peers.top_template_share <= own.top_template_share
            ) as top_template_share,
            count(*) filter (where peers.ip_prefix_count <= own.ip_prefix_count) as ip_prefix_count,
            count(*) filter (where peers.country_count <= own.country_count) as country_count,
            count(*) filter (where peers.device_count <= own.device_count) as device_count,
            count(*) filter (
                where peers.active_hour_count <= own.active_hour_count
            ) as active_hour_count,
            count(*) filter (where peers.hour_entropy <= own.hour_entropy) as hour_entropy,
            count(*) filter (
                where peers.request_count_28d <= own.request_count_28d
            ) as request_count_28d,
            count(*) filter (
                where peers.output_tokens_28d <= own.output_tokens_28d
            ) as output_tokens_28d,
            count(*) filter (where peers.active_days_28d <= own.active_days_28d) as active_days_28d,
            count(*) filter (
                where peers.refused_share_28d <= own.refused_share_28d
            ) as refused_share_28d,
            count(*) filter (
                where peers.reasoning_share_28d <= own.reasoning_share_28d
            ) as reasoning_share_28d
        from peers
        cross join own
    ),

    measured_places as (from places unpivot (at_or_below_count for measure in (*)))

select
    measure,
    own.activity_date,
    own.surface,
    value,
    standing.peer_count,
    case
        when value is not null then at_or_below_count / nullif(standing.peer_count, 0)
    end as share_at_or_below,
    case
        when value is not null then standing.peer_count - at_or_below_count + 1
    end as rank_from_top,
    standing.quantiles[1] as p50,
    standing.quantiles[2] as p90,
    standing.quantiles[3] as p99,
    standing.highest
from own_measures
inner join measures using (measure)
inner join measured_places using (measure)
cross join own
order by share_at_or_below desc nulls last, measure
limit $limit
