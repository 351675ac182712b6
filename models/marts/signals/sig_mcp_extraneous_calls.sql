{% set thresholds = {"extraneous_fields_since": 5, "cross_server_calls_since": 5} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'mcp_server' as subject_type,
    server_id as subject_id,
    occurred_at as detected_at,
    occurred_at as window_starts_at,
    occurred_at + interval 1 microsecond as window_ends_at,
    {{ strength("extraneous_fields_since", thresholds.extraneous_fields_since) }} as strength,
    {{ evidence(thresholds, shown=["version_id", "calls_since", "accounts_since"]) }} as evidence
from {{ ref("feat_mcp_versions") }}
where
    extraneous_fields_since >= {{ thresholds.extraneous_fields_since }}
    and cross_server_calls_since >= {{ thresholds.cross_server_calls_since }}
