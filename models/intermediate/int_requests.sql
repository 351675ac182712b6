with

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
    stg_requests.*,
    stg_requests.occurred_at::date as activity_date,
    case
        when stg_requests.account_id is not null
        then
            (
                epoch_us(stg_requests.occurred_at) - lag(epoch_us(stg_requests.occurred_at)) over (
                    partition by stg_requests.account_id
                    order by stg_requests.occurred_at, stg_requests.request_id
                )
            )
            / 1e6
    end as seconds_since_previous,
    stg_requests.occurred_at >= releases.released_at
    and stg_requests.occurred_at < coalesce(releases.succeeded_at, 'infinity') as is_newest_model
from {{ ref("stg_requests") }} as stg_requests
left join releases using (model_version)
-- An account's questions then read a few row groups, and aggregates by account meet neighbours.
order by stg_requests.account_id, stg_requests.occurred_at, stg_requests.request_id
