{% set thresholds = {"account_count": 5, "cluster_share_of_accounts": 0.5} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'cluster' as subject_type,
    cluster_id as subject_id,
    last_at as detected_at,
    first_at as window_starts_at,
    last_at + interval 1 microsecond as window_ends_at,
    {{ strength("account_count", thresholds.account_count) }} as strength,
    {{
        evidence(
            thresholds,
            shown=["target_hmac", "account_count_in_wave", "member_count", "act_count"],
        )
    }} as evidence
from {{ ref("feat_cluster_waves") }}
where
    account_count >= {{ thresholds.account_count }}
    and cluster_share_of_accounts >= {{ thresholds.cluster_share_of_accounts }}
-- One row a cluster and window: the wave that most members took part in.
qualify
    row_number() over (
        partition by cluster_id, first_at, last_at order by account_count desc, target_hmac
    )
    = 1
