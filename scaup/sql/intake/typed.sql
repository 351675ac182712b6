{# Rows of `input` as the contract's types, unjudged: what `checked` passed is read with this.
   A column of the contract's own type is taken as it is, so that filters on it reach the file. #}
{% from "intake/readings.sql" import value %}
select
    source_line,
    {% for column in columns %}
        {% if column.reading == "same" and column.type != "varchar" %}
            {{ column.name | identifier }}
        {% else %} {{ value(column) }} as {{ column.name | identifier }}
        {% endif %} {{ "," if not loop.last }}
    {% endfor %}
from {{ input }}
