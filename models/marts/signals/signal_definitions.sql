{#
    The one model that reads the graph: a signal's yml is the home of what it means, and this makes it
    readable in SQL. It depends on no row of any model, so nothing is hidden from dbt's order.
#}
{% set fields = [
    "version",
    "family",
    "policy_clause",
    "typology",
    "harm_type",
    "severity",
    "action_ceiling",
    "daily_cap",
    "owner",
    "review_by",
    "next_investigation",
    "purpose",
] %}

{% set definitions = [] %}
{% for node in graph.get("nodes", {}).values() | sort(attribute="name") %}
    {% if node.resource_type == "model" and node.name.startswith("sig_") %}
        {% do definitions.append(node) %}
    {% endif %}
{% endfor %}

select
    signal_id::varchar as signal_id,
    {%- for field in fields %}
    {{ field }}::{{ {"version": "bigint", "daily_cap": "bigint", "review_by": "date"}.get(field, "varchar") }} as {{ field }},
    {%- endfor %}
    case when action_ceiling = 'support' then 'support' else 'enforcement' end as route
from
    (
        values
        {%- for node in definitions %}
        (
            '{{ node.name }}',
            {%- for field in fields %}
            '{{ node.config.meta[field] | string | trim | replace("'", "''") }}'{{ "," if not loop.last }}
            {%- endfor %}
        ){{ "," if not loop.last }}
        {%- endfor %}
    ) as definitions (signal_id, {{ fields | join(", ") }})
