{# A file without the rows that go; in those that stay, what names an erased key is emptied. #}
{% from "erasure/names.sql" import erased_values, is_doomed %}
select
    {% for column in columns %}
        {% if column.kinds %}
            case
                when {{ column.name | identifier }} in {{ erased_values(column.kinds) }}
                then null
                else {{ column.name | identifier }}
            end as {{ column.name | identifier }}
        {% else %} {{ column.name | identifier }}
        {% endif %}
        {{- ", " if not loop.last }}
    {% endfor %}

from {{ rows }} as table_rows
{% if deciding %} where not {{ is_doomed(deciding) }} {% endif %}
