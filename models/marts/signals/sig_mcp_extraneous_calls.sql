{% set thresholds = {
    "extraneous_fields_since": 10,
    "extraneous_share": 0.02,
    "cross_server_share": 0.02,
} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'mcp_server' as subject_type,
    server_id as subject_id,
    occurred_at as detected_at,
    occurred_at as window_starts_at,
    occurred_at + interval 1 microsecond as window_ends_at,
    {{ strength("extraneous_share", thresholds.extraneous_share) }} as strength,
    {{ evidence(thresholds, shown=["version_id", "calls_since", "accounts_since"]) }} as evidence
from {{ ref("feat_mcp_versions") }}
where
    extraneous_fields_since >= {{ thresholds.extraneous_fields_since }}
    and extraneous_share >= {{ thresholds.extraneous_share }}
    and cross_server_share >= {{ thresholds.cross_server_share }}
