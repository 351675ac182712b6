{# No rows, with a table's columns in the contract's order and types. #}
select
    {% for column in columns %}
        cast(null as {{ column.type }}) as {{ column.name | identifier }}{{ "," if not loop.last }}
    {% endfor %}
limit 0
