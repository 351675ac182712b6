select
    contact_hmac,
    week_starts_on,
    account_count,
    accounts,
    request_count,
    recruitment_count,
    place_count,
    language_count,
    template_count,
    is_verified_org,
    first_at,
    last_at
from {{ ref("feat_contact_weeks") }}
where
    ($account_id is null or list_contains(accounts, $account_id))
    and week_starts_on >= $since
    and week_starts_on < $until
    and recruitment_count >= $minimum_recruitment
order by place_count desc, recruitment_count desc, week_starts_on, contact_hmac
limit $limit
