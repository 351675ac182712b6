with

    target_days as (
        select
            requests.account_id,
            requests.target_hmac,
            requests.activity_date,
            count(*) as harassment_count,
            max(scores.harassment_score) as max_harassment_score,
            max(scores.victim_or_helper_score) as max_victim_or_helper_score,
            min(requests.occurred_at) as first_at,
            max(requests.occurred_at) as last_at
        from {{ ref("int_requests") }} as requests
        left join {{ ref("int_request_scores") }} as scores using (request_id)
        where
            requests.account_id is not null
            and requests.target_hmac is not null
            and requests.task_label = 'harassment'
        group by requests.account_id, requests.target_hmac, requests.activity_date
    )

select
    account_id,
    target_hmac,
    activity_date,
    harassment_count,
    max_harassment_score,
    sum(harassment_count) over trailing_28d::bigint as harassment_count_28d,
    count(*) over trailing_28d as harassment_day_count_28d,
    max(max_victim_or_helper_score) over trailing_28d as max_victim_or_helper_score_28d,
    max_harassment_score - first_value(max_harassment_score) over trailing_28d as score_rise_28d,
    first_at,
    last_at
from target_days
window
    trailing_28d as (
        partition by account_id, target_hmac
        order by {{ days_between("date '1970-01-01'", "activity_date") }}
        range between 27 preceding and current row
    )
