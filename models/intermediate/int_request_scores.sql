{{
    config(
        materialized="incremental" if target.type == "duckdb" else "table",
        unique_key="request_id",
        meta={"follows": ["int_requests", "stg_classifier_scores", "stg_touched_requests"]},
    )
}}
{# Said when dbt reads the project, too: it does not look behind `is_incremental`. #}
{% set touched_requests = ref("stg_touched_requests") if is_incremental() or not execute %}
{% set classifiers = [
    "threat",
    "minor_indicator",
    "sexualisation",
    "recruitment",
    "harassment",
    "victim_or_helper",
    "reasoning_elicitation",
] %}

with

    request_scores as (
        select
            request_id,
            {% for classifier in classifiers -%}
                max(score) filter (
                    where classifier_id = '{{ classifier }}'
                ) as {{ classifier }}_score{{ "," if not loop.last }}
            {% endfor %}
        from {{ ref("stg_classifier_scores") }}
        {% if is_incremental() %}
            where request_id in (select request_id from {{ touched_requests }})
        {% endif %}
        group by request_id
    )

select
    request_id,
    int_requests.account_id,
    int_requests.conversation_id,
    int_requests.occurred_at,
    {% for classifier in classifiers -%}
        request_scores.{{ classifier }}_score{{ "," if not loop.last }}
    {% endfor %}
from {{ ref("int_requests") }} as int_requests
inner join request_scores using (request_id)
-- Rows of one account lie together, so that a question about it reads little.
order by int_requests.account_id, int_requests.occurred_at, request_id
