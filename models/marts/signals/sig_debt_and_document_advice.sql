{% set thresholds = {"debt_count": 1, "document_count": 1, "max_victim_or_helper_score": 0.5} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'account' as subject_type,
    account_id as subject_id,
    (week_starts_on + 7)::timestamptz as detected_at,
    week_starts_on::timestamptz as window_starts_at,
    (week_starts_on + 7)::timestamptz as window_ends_at,
    {{ strength("debt_count + document_count", thresholds.debt_count + thresholds.document_count) }}
    as strength,
    {{ evidence(thresholds, shown=["recruitment_count"]) }} as evidence
from {{ ref("feat_account_label_weeks") }}
where
    not is_verified_org_member
    and debt_count >= {{ thresholds.debt_count }}
    and document_count >= {{ thresholds.document_count }}
    and coalesce(max_victim_or_helper_score, 0) <= {{ thresholds.max_victim_or_helper_score }}
