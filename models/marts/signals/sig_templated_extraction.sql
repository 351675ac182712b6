{% set thresholds = {"slot_count": 3, "account_count_on_template": 8} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'account' as subject_type,
    account_id as subject_id,
    last_at as detected_at,
    week_starts_on::timestamptz as window_starts_at,
    (week_starts_on + 7)::timestamptz as window_ends_at,
    {{ strength("account_count_on_template", thresholds.account_count_on_template) }} as strength,
    {{ evidence(thresholds, shown=["template_hash", "top_task_label"]) }} as evidence
from {{ ref("feat_template_weeks") }}
inner join {{ ref("feat_account_networks") }} using (account_id)
inner join
    {{ ref("task_labels") }} as task_labels
    on top_task_label = task_label
    and {{ valid_at("last_at", "task_labels") }}
where
    harm_type = 'distillation'
    and not is_verified_org_member
    and slot_count >= {{ thresholds.slot_count }}
    and account_count_on_template >= {{ thresholds.account_count_on_template }}
-- One row an account and week: the template that most accounts share says the most.
qualify
    row_number() over (
        partition by account_id, week_starts_on
        order by account_count_on_template desc, slot_count desc, template_hash
    )
    = 1
