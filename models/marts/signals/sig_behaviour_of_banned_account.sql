{% set thresholds = {
    "shared_template_count": 2,
    "template_bits": 3,
    "hour_cosine": 0.6,
    "fewer_request_count": 20,
    "days_since_ban": 45,
} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'account' as subject_type,
    account_id as subject_id,
    account_created_at as detected_at,
    account_created_at as window_starts_at,
    account_created_at + interval 1 microsecond as window_ends_at,
    hour_cosine as strength,
    {{ evidence(thresholds, shown=["banned_account_id", "ban_action_id", "shares_header"]) }}
    as evidence
from {{ ref("feat_behaviour_matches") }}
where
    shared_template_count >= {{ thresholds.shared_template_count }}
    and template_bits >= {{ thresholds.template_bits }}
    and hour_cosine >= {{ thresholds.hour_cosine }}
    and fewer_request_count >= {{ thresholds.fewer_request_count }}
    and days_since_ban <= {{ thresholds.days_since_ban }}
-- One row an account: the banned account that it is most like.
qualify
    row_number() over (
        partition by account_id
        order by shared_template_count desc, hour_cosine desc, banned_account_id
    )
    = 1
