{#
    dbt-spark's way to fill a seed writes an empty cell as the text 'None' and stumbles over an apostrophe. Here a
    row is written out, with each text escaped, and a column typed `varchar` is one of Spark's strings.
    dbt calls both macros when it loads a seed on Spark; DuckDB has dbt-duckdb's own.
#}
{% macro spark__create_csv_table(model, agate_table) %}
    {% call statement("_") -%}
        create table {{ this.render() }} (
        {%- for name in agate_table.column_names %}
            {{ adapter.quote_seed_column(name, none) }} {{ spark_seed_type(model, agate_table, name, loop.index0) }}
            {{- "," if not loop.last }}
        {%- endfor %}
        ) {{ file_format_clause() }} {{ location_clause() }}
    {%- endcall %}
{% endmacro %}


{% macro spark__load_csv_rows(model, agate_table) %}
    {% set sql -%}
        insert into {{ this.render() }} values
        {%- for row in agate_table.rows %}
            (
                {%- for name in agate_table.column_names -%}
                    cast({{ spark_literal(row[name]) }} as {{ spark_seed_type(model, agate_table, name, loop.index0) }})
                    {{- ", " if not loop.last }}
                {%- endfor -%}
            ){{ "," if not loop.last }}
        {%- endfor %}
    {%- endset %}
    {% set filled = adapter.add_query(sql, abridge_sql_log=true) %}
    {{ return(sql) }}
{% endmacro %}


{# The type that a seed's yml gives a column, or dbt's guess, in Spark's words. #}
{% macro spark_seed_type(model, agate_table, name, place) -%}
    {%- set type = model["config"].get("column_types", {}).get(name, adapter.convert_type(agate_table, place)) -%}
    {{ return({"varchar": "string", "timestamptz": "timestamp"}.get(type, type)) }}
{%- endmacro %}


{# A cell as a literal: null for an empty one, else a text with backslashes and apostrophes escaped. #}
{% macro spark_literal(cell) -%}
    {%- if cell is none -%} {{ return("null") }}
    {%- else -%}
        {{ return("'" ~ (cell | string | replace("\\", "\\\\") | replace("'", "\\'")) ~ "'") }}
    {%- endif -%}
{%- endmacro %}
