{% set thresholds = {
    "linked_accounts_banned_before_sign_up": 1,
    "prior_banned_link_type_count": 2,
    "prior_banned_link_bits": 8,
    "days_since_linked_ban": 30,
} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'account' as subject_type,
    account_id as subject_id,
    account_created_at as detected_at,
    account_created_at as window_starts_at,
    account_created_at + interval 1 microsecond as window_ends_at,
    {{ strength("prior_banned_link_bits", thresholds.prior_banned_link_bits) }} as strength,
    {{ evidence(thresholds, shown=["banned_account_ids"]) }} as evidence
from {{ ref("feat_account_networks") }}
where
    not is_verified_org_member
    and not shares_only_hub_keys
    and linked_accounts_banned_before_sign_up
    >= {{ thresholds.linked_accounts_banned_before_sign_up }}
    and prior_banned_link_type_count >= {{ thresholds.prior_banned_link_type_count }}
    and prior_banned_link_bits >= {{ thresholds.prior_banned_link_bits }}
    and days_since_linked_ban <= {{ thresholds.days_since_linked_ban }}
