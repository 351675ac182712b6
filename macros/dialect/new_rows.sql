{#
    The rows of a raw table in the loads that incremental models add: those of the loads since the current
    snapshot, none where everything is made again, and all of the lake in a plain `dbt build`. Spark makes
    everything again.

        {{ new_rows("requests") }}
        -- (select * from read_parquet('…/new_loads/*/requests/**/*.parquet', …))
#}
{% macro new_rows(table) -%} {{ adapter.dispatch("new_rows", "scaup")(table) }} {%- endmacro %}


{% macro default__new_rows(table) -%}
    (
        select *
        from
            read_parquet(
                '{{ env_var("SCAUP_NEW_LOADS", env_var("SCAUP_LAKE", "var/lake")) }}/*/{{ table }}/**/*.parquet',
                hive_partitioning = false,
                union_by_name = true
            )
    )
{%- endmacro %}


{% macro spark__new_rows(table) -%}
    (select * from {{ source("raw", table) }} where false)
{%- endmacro %}
