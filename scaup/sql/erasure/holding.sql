{# How many rows hold one of the texts, per column. #}
select
    {% for column in columns %}
        count(*) filter (where regexp_matches({{ column | identifier }}::varchar, $pattern))
        {{- ", " if not loop.last }}
    {% endfor %}

from {{ rows }} as table_rows
