select
    requests.account_id,
    model_version,
    min(model_releases.released_at) as released_at,
    count(*) as request_count,
    sum(requests.output_tokens)::bigint as output_tokens,
    min(requests.occurred_at) as first_at,
    max(requests.occurred_at) as last_at,
    ({{ micros("min(requests.occurred_at)") }} - {{ micros("min(model_releases.released_at)") }})
    / 3.6e9::double as hours_after_release
from {{ ref("int_requests") }} as requests
left join {{ ref("stg_model_releases") }} as model_releases using (model_version)
where requests.account_id is not null
group by requests.account_id, model_version
order by model_version, requests.account_id
