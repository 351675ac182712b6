{# Acts on a person that follow each other within this many hours are one wave. #}
{% set quiet_hours = 6 %}

with

    acts as (
        select target_hmac, account_id, occurred_at
        from {{ ref("int_requests") }}
        where target_hmac is not null and account_id is not null and task_label = 'harassment'
    ),

    paced_acts as (
        select
            *,
            coalesce(
                occurred_at - lag(occurred_at) over (partition by target_hmac order by occurred_at)
                > interval {{ quiet_hours }} hours,
                true
            ) as begins_wave
        from acts
    ),

    -- A wave begins at its first act; acts of that instant begin it together.
    waved_acts as (
        select
            target_hmac,
            account_id,
            occurred_at,
            max(case when begins_wave then occurred_at end) over (
                partition by target_hmac
                order by occurred_at
                range between unbounded preceding and current row
            ) as wave_starts_at
        from paced_acts
    )

select
    target_hmac,
    wave_starts_at,
    account_id,
    target_hmac || ' ' || {{ iso_instant("wave_starts_at") }} as wave_id,
    count(*) as act_count,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at
from waved_acts
group by target_hmac, wave_starts_at, account_id
order by target_hmac, wave_starts_at, account_id
