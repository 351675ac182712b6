{# A table that Spark wrote, in the types that its columns have on DuckDB. Types are checked by the caller. #}
create table {{ schema }}.{{ table }} as
select
    {% for name, type in columns %}
        cast({{ name | identifier }} as {{ type }}) as {{ name | identifier }}{{ "," if not loop.last }}
    {% endfor %}
from read_parquet({{ files | quoted }})
