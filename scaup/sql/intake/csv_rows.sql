select
    source_line
    {% for name, place in places.items() %}
        , fields[{{ place }}] as {{ name | identifier }}
    {% endfor %}

from {{ rows }}
