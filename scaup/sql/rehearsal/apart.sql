{# The rows that only one of the two has, the same row twice counting twice. #}
{% macro names() -%}
    {% for name in columns %} {{ name | identifier }}{{ ", " if not loop.last }}{% endfor %}
{%- endmacro %}
with answer as (
{{ answer }}
)

select count(*)
from
    (
        (
            select {{ names() }}
            from answer
            except all
            select {{ names() }}
            from expected.rows
        )
        union all
        (
            select {{ names() }}
            from expected.rows
            except all
            select {{ names() }}
            from answer
        )
    )
