{# A raw table of the contract over the Parquet files of one folder, in Spark's words. #}
create table raw.{{ table.name }} (
    {% for column in table.columns %}
        {{ column.name }} {{ types.get(column.type, column.type) }}{{ "," if not loop.last }}
    {% endfor %}
) using parquet location '{{ folder }}'
