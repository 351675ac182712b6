{% set thresholds = {"hours_since_ban_on_prefix": 72, "prefix_account_count": 10} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'account' as subject_type,
    account_id as subject_id,
    account_created_at as detected_at,
    account_created_at as window_starts_at,
    account_created_at + interval 1 microsecond as window_ends_at,
    1
    - hours_since_ban_on_prefix
    / (2.0::double * {{ thresholds.hours_since_ban_on_prefix }}) as strength,
    {{
        evidence(
            thresholds, shown=["ip_prefix_hmac", "ip_type", "banned_account_id", "ban_action_id"]
        )
    }} as evidence
from {{ ref("feat_sign_ups") }}
where
    not is_verified_org_member
    and hours_since_ban_on_prefix <= {{ thresholds.hours_since_ban_on_prefix }}
    and prefix_account_count <= {{ thresholds.prefix_account_count }}
