{#
    The one model that reads dbt's graph: a signal's yml is the home of what the signal means, and this
    makes it readable in SQL. It depends on no row of any model, so it hides nothing from dbt's order.
#}
{% set types = {
    "version": "bigint",
    "family": "varchar",
    "policy_clause": "varchar",
    "typology": "varchar",
    "harm_type": "varchar",
    "severity": "varchar",
    "action_ceiling": "varchar",
    "daily_cap": "bigint",
    "owner": "varchar",
    "review_by": "date",
    "next_investigation": "varchar",
    "purpose": "varchar",
    "traced_by": "varchar",
} %}

with

    definitions(signal_id, {{ types | join(", ") }}) as (
        {%- for node in graph.get("nodes", {}).values() | sort(attribute="name") if node.resource_type == "model" and node.name.startswith("sig_") %}
            select
                {{ dbt.string_literal(node.name) }},
                {%- for field, type in types.items() %}
                    {{ dbt.string_literal(dbt.escape_single_quotes((node.config.meta[field] | tojson if field == "traced_by" else node.config.meta[field] | string | trim))) }}
                    ::{{ type }}
                    {{- "," if not loop.last }}
                {%- endfor %}
                {{- " union all" if not loop.last }}
        {%- endfor %}
    )

select * exclude (traced_by), from_json(traced_by, '["VARCHAR"]') as traced_by
from definitions
