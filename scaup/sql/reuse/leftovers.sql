{# What is dropped from a copy of a snapshot: all but the tables `$kept`. #}
with
    names as (
        select 'schema' as kind, schema_name, null as name
        from duckdb_schemas()
        where database_name = current_database() and not internal and schema_name in ('ask', 'ask_sql')
        union all
        select 'view', schema_name, view_name
        from duckdb_views()
        where database_name = current_database() and not internal
        union all
        select 'table', schema_name, table_name
        from duckdb_tables()
        where
            database_name = current_database()
            and not list_contains($kept, schema_name || '.' || table_name)
    )

select
    'drop ' || kind || ' "' || replace(schema_name, '"', '""') || '"'
    || coalesce('."' || replace(name, '"', '""') || '"', ' cascade')
from names
-- No order but the kinds': a view goes before what it reads.
order by kind = 'table', kind = 'view', schema_name, name
