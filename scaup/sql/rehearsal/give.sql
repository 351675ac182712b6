{# One row of a table: the values that are told, each of its column's type; the others are null. #}
insert into {{ table }}
{% if values %}
    ({% for column in values %}{{ column | identifier }}{{ ", " if not loop.last }}{% endfor %})
    values ({% for value in values.values() %}{{ value }}{{ ", " if not loop.last }}{% endfor %})
{% else %} default values
{% endif %}
