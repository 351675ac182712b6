{% set thresholds = {"account_count": 3, "cluster_share_of_accounts": 0.3} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'cluster' as subject_type,
    cluster_id as subject_id,
    last_at as detected_at,
    week_starts_on::timestamptz as window_starts_at,
    (week_starts_on + 7)::timestamptz as window_ends_at,
    {{ strength("account_count", thresholds.account_count) }} as strength,
    {{
        evidence(
            thresholds,
            shown=["template_hash", "top_task_label", "request_count", "max_target_count"],
        )
    }} as evidence
from {{ ref("feat_cluster_templates") }}
inner join
    {{ ref("task_labels") }} as task_labels
    on top_task_label = task_label
    and {{ valid_at("last_at", "task_labels") }}
where
    harm_type = 'sextortion'
    and account_count >= {{ thresholds.account_count }}
    and cluster_share_of_accounts >= {{ thresholds.cluster_share_of_accounts }}
-- One row a cluster and week: the script that most members share.
qualify
    row_number() over (
        partition by cluster_id, week_starts_on
        order by account_count desc, request_count desc, template_hash
    )
    = 1
