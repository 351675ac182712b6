{# The values of JSON columns as text: strings without their quotes, the rest as written. #}
select
    source_line
    {% for name in names %}, {{ name | identifier }} ->> '$' as {{ name | identifier }}{% endfor %}

from {{ rows }}
