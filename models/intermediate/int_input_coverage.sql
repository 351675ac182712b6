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
    "precedents": "decided_at",
    "golden_items": "recorded_at",
    "reviewers": "start_day",
    "vendors": "recorded_at",
    "vendor_terms": "valid_from",
    "enforcement_actions": "occurred_at",
    "action_effects": "applied_at",
    "appeals": "filed_at",
    "external_referrals": "known_at",
    "legal_holds": "from_at",
    "model_releases": "released_at",
    "prevalence_samples": "occurred_at",
    "similarity_flags": "occurred_at",
    "target_checks": "drawn_at",
    "shifts": "shift_starts_at",
    "exposure_log": "occurred_at",
    "evals": "recorded_at",
    "eval_items": "recorded_at",
    "eval_runs": "started_at",
    "eval_results": "occurred_at",
    "eval_grades": "occurred_at",
    "eval_findings": "opened_at",
    "published_figures": "period_starts_on",
} %}

with

    raw_tables as (
        select *
        from
            (
                values
                    {% for table in clocks -%}
                        ('{{ table }}'){{ "," if not loop.last }}
                    {% endfor %}
            ) as names(table_name)
    ),

    moments as (
        {% for table, clock in clocks.items() %}
            select '{{ table }}' as table_name, {{ instant(clock) }} as happened_at, recorded_at
            from {{ ref("stg_" ~ table) }} {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    spans as (
        select
            table_name,
            count(*) as row_count,
            min(happened_at) as first_at,
            max(happened_at) as last_at,
            max(recorded_at) as latest_recorded_at,
            {{ sorted_values(hour_of("recorded_at")) }} as recorded_hours
        from moments
        group by table_name
    )

select
    table_name,
    coalesce(spans.row_count, 0) as row_count,
    spans.first_at,
    spans.last_at,
    spans.latest_recorded_at,
    spans.recorded_hours,
    spans.row_count is not null as is_present
from raw_tables
left join spans using (table_name)
