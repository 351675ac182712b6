{#
    The latest version of each record of a raw table. A record is identified by its keys and `recorded_at`, so
    the order is total; `source_system` only decides what ingest would have refused.

        from {{ latest_records(source("raw", "accounts"), ["account_id"]) }}
        -- from (
        --     select * from (select *, row_number() over (
        --         partition by account_id order by recorded_at desc, source_system desc
        --     ) as version_number from …) as versions
        --     where version_number = 1
        -- ) as latest_records
#}
{% macro latest_records(relation, keys) -%}
    (
        select *
        from
            (
                select
                    *,
                    row_number() over (
                        partition by {{ keys | join(", ") }}
                        order by recorded_at desc, source_system desc
                    ) as version_number
                from {{ relation }}
            ) as versions
        where version_number = 1
    ) as latest_records
{%- endmacro %}
