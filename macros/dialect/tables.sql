{#
    Where Spark writes what dbt builds there: Parquet below the folder that `scaup.spark` was given, one folder a
    table, which DuckDB reads. dbt calls both macros when it makes a table on Spark.

        create table features.feat_x using parquet location '<folder>/features/feat_x' as …
#}
{% macro spark__file_format_clause() -%} using parquet {%- endmacro %}


{% macro spark__location_clause() -%}
    location '{{ env_var("SCAUP_SPARK_FOLDER") }}/{{ model["schema"] }}/{{ model["alias"] }}'
{%- endmacro %}
