{#
    The row of a dated seed that stood at a moment: inside from `valid_from`, outside from `valid_to`.

        inner join sla_policies on … and {{ valid_at("created_at", "sla_policies") }}
        -- created_at >= sla_policies.valid_from
        -- and (created_at < sla_policies.valid_to or sla_policies.valid_to is null)
#}
{% macro valid_at(moment, seed) -%}
    {{ moment }} >= {{ seed }}.valid_from
    and ({{ moment }} < {{ seed }}.valid_to or {{ seed }}.valid_to is null)
{%- endmacro %}
