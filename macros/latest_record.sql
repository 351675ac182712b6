{#
    Keeps the latest version of each record. A record is identified by its keys and `recorded_at`, so
    the order is total; `source_system` only decides what ingest would have refused.

        qualify {{ latest_record(["account_id"]) }}
        -- row_number() over (
        --     partition by account_id order by recorded_at desc, source_system desc
        -- ) = 1
#}
{% macro latest_record(keys) -%}
    row_number() over (
        partition by {{ keys | join(", ") }} order by recorded_at desc, source_system desc
    )
    = 1
{%- endmacro %}
