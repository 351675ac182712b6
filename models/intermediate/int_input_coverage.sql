{# Each raw table and the column that says when its rows happened; tests hold this list to the contract. #}
{% set clocks = {
    "accounts": "created_at",
    "organizations": "created_at",
    "memberships": "from_at",
    "api_keys": "created_at",
    "payment_instruments": "added_at",
    "logins": "occurred_at",
    "devices": "first_seen_at",
    "requests": "occurred_at",
    "conversations": "started_at",
    "content_objects": "created_at",
    "classifiers": "deployed_at",
    "classifier_scores": "occurred_at",
    "hash_entries": "updated_at",
    "hash_matches": "occurred_at",
    "user_reports": "received_at",
    "mcp_servers": "listed_at",
    "mcp_versions": "occurred_at",
    "mcp_calls_daily": "day",
    "copyright_notices": "received_at",
    "notice_targets": "decided_at",
    "counter_notices": "received_at",
    "review_tasks": "created_at",
    "task_events": "occurred_at",
    "review_decisions": "occurred_at",
    "golden_items": "recorded_at",
    "reviewers": "start_day",
    "vendors": "recorded_at",
    "vendor_terms": "valid_from",
    "enforcement_actions": "occurred_at",
    "action_effects": "applied_at",
    "appeals": "filed_at",
    "model_releases": "released_at",
} %}

{% for table, clock in clocks.items() %}
    select
        '{{ table }}' as table_name,
        count(*) as row_count,
        min({{ clock }})::timestamptz as first_at,
        max({{ clock }})::timestamptz as last_at,
        max(recorded_at) as latest_recorded_at,
        count(*) > 0 as is_present
    from {{ ref("stg_" ~ table) }} {{ "union all" if not loop.last }}
{% endfor %}
