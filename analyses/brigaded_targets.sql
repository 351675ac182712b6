select
    target_hmac,
    activity_date,
    account_count,
    max_accounts_in_6_hours,
    request_count,
    harassment_count,
    young_account_share,
    accounts,
    first_at,
    last_at
from {{ ref("feat_target_days") }}
where
    ($account_id is null or list_contains(accounts, $account_id))
    and activity_date >= $since
    and activity_date < $until
    and max_accounts_in_6_hours >= $minimum_accounts
    and harassment_count > 0
order by max_accounts_in_6_hours desc, activity_date, target_hmac
limit $limit
