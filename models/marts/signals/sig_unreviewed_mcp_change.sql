{% set thresholds = {"calls_since": 10} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'mcp_server' as subject_type,
    server_id as subject_id,
    occurred_at as detected_at,
    occurred_at as window_starts_at,
    occurred_at + interval 1 microsecond as window_ends_at,
    {{ strength("calls_since", thresholds.calls_since) }} as strength,
    {{ evidence(thresholds, shown=["version_id", "accounts_since", "report_count"]) }} as evidence
from {{ ref("feat_mcp_versions") }}
where
    not is_first_version
    and description_changed
    and tools_changed
    and reviewed_at is null
    and calls_since >= {{ thresholds.calls_since }}
