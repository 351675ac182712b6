{#
    What dbt-duckdb's `delete+insert` does, and before it what it takes out and puts in, where the build has made
    tables for that (`scaup.growth`): they are `added_` and `removed_`, with the model's name. What is published is then
    sealed by these rows and not by all.
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
        select *
        from {{ target }}
        -- Few rows, so only what holds them is read whole.
        where rowid in (
            select replaced.rowid from {{ target }} as replaced
            semi join {{ source }} using ({{ keys | join(", ") }})
        );
        insert into {{ removed.schema }}.added_{{ target.identifier }} by name
        select {{ columns }}
        from {{ source }};
    {% endif %}
    {{
        dbt.duckdb__get_delete_insert_merge_sql(
            target, source, unique_key, dest_columns, incremental_predicates
        )
    }}
{%- endmacro %}
