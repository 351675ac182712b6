select
    target_hmac,
    activity_date,
    harassing_account_count,
    max_harassing_accounts_in_6_hours,
    account_count,
    request_count,
    harassment_count,
    harassment_share,
    young_account_share,
    harassing_accounts,
    first_at,
    last_at
from {{ ref("feat_target_days") }}
where
    ($account_id is null or list_contains(harassing_accounts, $account_id))
    and activity_date >= $since
    and activity_date < $until
    and max_harassing_accounts_in_6_hours >= $minimum_accounts
order by max_harassing_accounts_in_6_hours desc, activity_date, target_hmac
limit $limit
