with

    traffic as (
        select {{ day_of("occurred_at") }} as day, surface, count(*) as request_count
        from {{ ref("stg_requests") }}
        group by {{ day_of("occurred_at") }}, surface
    )

select
    traffic.day,
    sum(traffic.request_count)::bigint as request_count,
    coalesce(sum(traffic.request_count) filter (where surfaces.surface is not null), 0)::bigint
    as registered_count,
    {{
        share(
            "coalesce(sum(traffic.request_count) filter (where surfaces.surface is not null), 0)::double",
            "sum(traffic.request_count)",
        )
    }}
    as registered_share,
    list(traffic.surface order by traffic.surface) filter (
        where surfaces.surface is null
    ) as unregistered_surfaces
from traffic
left join
    {{ ref("surfaces") }} as surfaces
    on traffic.surface = surfaces.surface
    and {{ valid_at("traffic.day", "surfaces") }}
group by traffic.day
order by traffic.day
