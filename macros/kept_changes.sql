{#
    In the place of dbt-duckdb's macro of this name: its `delete+insert`. Where the build has made tables for that
    (`scaup.growth`), it also keeps what it takes out (`removed_` and the model's name) and what it puts in (`added_`). What
    is published is then sealed and checked by these rows and not by all.
#}
{% macro duckdb__get_delete_insert_merge_sql(
    target, source, unique_key, dest_columns, incremental_predicates
) -%}
    {% set removed = adapter.get_relation(
        target.database, "staging", "removed_" ~ target.identifier
    ) %}
    {% set keys = [unique_key] if unique_key is string else unique_key %}
    {% set columns = get_quoted_csv(dest_columns | map(attribute="name")) %}
    {% if removed %}
        insert into {{ removed }} by name
        select replaced.*
        from {{ target }} as replaced
        semi join {{ source }} using ({{ keys | join(", ") }});
        delete from {{ target }} as replaced
        using {{ removed }} as removed
        where
            {% for key in keys %}
                replaced.{{ key }} = removed.{{ key }} {{ "and" if not loop.last }}
            {% endfor %}
        ;
        insert into {{ removed.schema }}.added_{{ target.identifier }} by name
        select {{ columns }}
        from {{ source }};
        insert into {{ target }} by name
        select {{ columns }}
        from {{ source }}
    {% else %}
        {{
            dbt.duckdb__get_delete_insert_merge_sql(
                target, source, unique_key, dest_columns, incremental_predicates
            )
        }}
    {% endif %}
{%- endmacro %}
