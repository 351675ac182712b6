{% set thresholds = {"language_count": 3, "place_count": 2} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'account' as subject_type,
    account_id as subject_id,
    last_at as detected_at,
    week_starts_on::timestamptz as window_starts_at,
    (week_starts_on + 7)::timestamptz as window_ends_at,
    {{ strength("language_count", thresholds.language_count) }} as strength,
    {{ evidence(thresholds, shown=["template_hash", "contact_count"]) }} as evidence
from {{ ref("feat_template_weeks") }}
where
    top_task_label = 'recruitment_ad'
    and language_count >= {{ thresholds.language_count }}
    and place_count >= {{ thresholds.place_count }}
-- One row an account and week: the offer in the most languages.
qualify
    row_number() over (
        partition by account_id, week_starts_on
        order by language_count desc, place_count desc, template_hash
    )
    = 1
