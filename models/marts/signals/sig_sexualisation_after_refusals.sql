{% set thresholds = {"sexualisation_count": 10, "sexualisation_refused_count": 5} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'account' as subject_type,
    account_id as subject_id,
    (week_starts_on + 7)::timestamptz as detected_at,
    week_starts_on::timestamptz as window_starts_at,
    (week_starts_on + 7)::timestamptz as window_ends_at,
    {{ strength("sexualisation_refused_count", thresholds.sexualisation_refused_count) }}
    as strength,
    {{ evidence(thresholds) }} as evidence
from {{ ref("feat_account_label_weeks") }}
where
    sexualisation_count >= {{ thresholds.sexualisation_count }}
    and sexualisation_refused_count >= {{ thresholds.sexualisation_refused_count }}
