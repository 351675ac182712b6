select
    week_starts_on, sha256, account_count, accounts, upload_count, matched_count, first_at, last_at
from {{ ref("feat_upload_weeks") }}
where
    ($account_id is null or list_contains(accounts, $account_id))
    and week_starts_on >= $since
    and week_starts_on < $until
    and account_count >= $minimum_accounts
order by account_count desc, matched_count desc, week_starts_on, sha256
limit $limit
