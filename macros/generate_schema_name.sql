{#
    A layer's schema is its folder's name, without the target's prefix: snapshots are read by people.

        {{ generate_schema_name("features", node) }}
        -- features
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
