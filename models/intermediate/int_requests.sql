{{
    config(
        materialized="incremental" if target.type == "duckdb" else "table",
        unique_key=["activity_date", "request_id"],
        meta={
            "follows": ["stg_requests", "stg_model_releases", "stg_touched_accounts"],
            "in_blocks": true,
        },
    )
}}
{#
    The day is in the key, though the id alone is one (a test says so): what is replaced is looked for among the
    requests of few days and not among all.
#}
{# Named twice and not in a `with`, which would hold all its columns in memory. #}
{% set requests = touched_rows(ref("stg_requests"), "occurred_at") %}

with

    arrivals as (
        select request_id, account_id, occurred_at
        from {{ requests }} as requests
        {% if is_incremental() %}
            -- The first gaps reach back to two requests that are not made again.
            union all
            select null, account_id, unnest(max(occurred_at, 2))
            from {{ this }}
            inner join {{ ref("stg_touched_accounts") }} as touched using (account_id)
            where activity_date < touched.requests_from
            group by account_id
        {% endif %}
    ),

    -- Narrow on purpose: carrying all columns through the window or a sort costs more than this
    -- join.
    gaps as (
        select
            request_id,
            (
                {{ micros("occurred_at") }} - lag({{ micros("occurred_at") }}) over (
                    partition by account_id order by occurred_at, request_id
                )
            )
            / 1e6 as seconds_since_previous,
            (
                lag({{ micros("occurred_at") }}) over (
                    partition by account_id
                    order by occurred_at, request_id
                ) - lag({{ micros("occurred_at") }}, 2) over (
                    partition by account_id order by occurred_at, request_id
                )
            )
            / 1e6 as seconds_before_previous
        from arrivals
        where account_id is not null
    ),

    -- Models released at the same instant are the newest together.
    release_instants as (
        select released_at, lead(released_at) over (order by released_at) as succeeded_at
        from {{ ref("stg_model_releases") }}
        group by released_at
    ),

    releases as (
        select model_version, released_at, release_instants.succeeded_at
        from {{ ref("stg_model_releases") }}
        inner join release_instants using (released_at)
    )

select
    requests.*,
    {{ day_of("requests.occurred_at") }} as activity_date,
    gaps.seconds_since_previous,
    gaps.seconds_before_previous,
    requests.occurred_at >= releases.released_at
    and coalesce(requests.occurred_at < releases.succeeded_at, true) as is_newest_model
from {{ requests }} as requests
left join gaps on requests.request_id = gaps.request_id
left join releases on requests.model_version = releases.model_version
