{% set thresholds = {
    "request_count": 30,
    "cell_count": 15,
    "cell_entropy": 0.45,
    "unseen_cell_estimate": 5,
    "reasoning_share": 0.05,
} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'account' as subject_type,
    account_id as subject_id,
    last_at as detected_at,
    week_starts_on::timestamptz as window_starts_at,
    (week_starts_on + 7)::timestamptz as window_ends_at,
    {{ strength("cell_entropy", thresholds.cell_entropy) }} as strength,
    {{ evidence(thresholds, shown=["cell_coverage", "language_count"]) }} as evidence
from {{ ref("feat_account_weeks") }}
where
    not is_verified_org_member
    and request_count >= {{ thresholds.request_count }}
    and cell_count >= {{ thresholds.cell_count }}
    and cell_entropy >= {{ thresholds.cell_entropy }}
    and unseen_cell_estimate >= {{ thresholds.unseen_cell_estimate }}
    and reasoning_share >= {{ thresholds.reasoning_share }}
