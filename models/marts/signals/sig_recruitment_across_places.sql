{% set thresholds = {"recruitment_count": 4, "place_count": 3} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'contact' as subject_type,
    contact_hmac as subject_id,
    last_at as detected_at,
    week_starts_on::timestamptz as window_starts_at,
    (week_starts_on + 7)::timestamptz as window_ends_at,
    {{ strength("place_count", thresholds.place_count) }} as strength,
    {{ evidence(thresholds, shown=["account_count", "language_count"]) }} as evidence
from {{ ref("feat_contact_weeks") }}
where
    not is_verified_org
    and recruitment_count >= {{ thresholds.recruitment_count }}
    and place_count >= {{ thresholds.place_count }}
