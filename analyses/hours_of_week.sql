select
    isodow(activity_hour)::bigint as weekday,
    hour(activity_hour)::bigint as hour_of_day,
    sum(request_count)::bigint as request_count,
    sum(output_tokens)::bigint as output_tokens,
    count(distinct account_id) as account_count,
    count(distinct activity_hour::date) as day_count
from {{ ref("feat_account_hours") }}
where account_id = any($account_ids) and activity_hour >= $since and activity_hour < $until
group by weekday, hour_of_day
order by weekday, hour_of_day
limit $limit
