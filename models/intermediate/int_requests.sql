with

    -- Narrow on purpose: carrying all columns through the window or a sort costs more than this
    -- join.
    gaps as (
        select
            request_id,
            (
                epoch_us(occurred_at) - lag(epoch_us(occurred_at)) over (
                    partition by account_id order by occurred_at, request_id
                )
            )
            / 1e6 as seconds_since_previous,
            (
                lag(epoch_us(occurred_at)) over (
                    partition by account_id
                    order by occurred_at, request_id
                ) - lag(epoch_us(occurred_at), 2) over (
                    partition by account_id order by occurred_at, request_id
                )
            )
            / 1e6 as seconds_before_previous
        from {{ ref("stg_requests") }}
        where account_id is not null
    ),

    releases as (
        select
            model_version,
            released_at,
            -- Models released at the same instant are the newest together.
            min(released_at) over (
                order by released_at groups between 1 following and unbounded following
            ) as succeeded_at
        from {{ ref("stg_model_releases") }}
    )

select
    requests.*,
    -- Without a time zone: with one, DuckDB asks a calendar for each row.
    make_timestamp(epoch_us(requests.occurred_at))::date as activity_date,
    gaps.seconds_since_previous,
    gaps.seconds_before_previous,
    requests.occurred_at >= releases.released_at
    and requests.occurred_at < coalesce(releases.succeeded_at, 'infinity') as is_newest_model
from {{ ref("stg_requests") }} as requests
left join gaps using (request_id)
left join releases using (model_version)
