{# Rows of `input` as the contract's types, and `misfit`: the number of the first rule that is broken. #}
{% from "intake/readings.sql" import value, is_given %}
select
    source_line,
    {% for column in columns %} {{ column.name | identifier }}, {% endfor %}
    cast(
        case
            {% for rule in rules %}
                {% set typed = rule.column | identifier %}
                when
                    {% if rule.kind == "missing" %} not "given {{ rule.column }}"
                    {% elif rule.kind == "type" %} "given {{ rule.column }}" and {{ typed }} is null
                    {% elif rule.kind == "nul" %} contains({{ typed }}, chr(0))
                    {% elif rule.kind == "nul in list" %}
                        len(list_filter({{ typed }}, lambda item:contains(item, chr(0)))) > 0
                    {% elif rule.kind == "future" %} {{ typed }} > timestamptz '{{ rule.latest.isoformat() }}'
                    {% elif rule.kind == "minimum" %} {{ typed }} < {{ rule.bound }}
                    {% elif rule.kind == "maximum" %} {{ typed }} > {{ rule.bound }}
                    {% elif rule.kind == "values" %}
                        {{ typed }} not in (
                            {% for item in rule.allowed %}
                                {{ item | quoted }}{{ ", " if not loop.last }}
                            {% endfor %}
                        )
                    {% endif %}
                then {{ loop.index }}
            {% endfor %}
            when false
            then 0
        end as smallint
    ) as misfit
from
    (
        select
            source_line,
            {% for column in columns %}
                {{ is_given(column) }} as "given {{ column.name }}",
                {{ value(column) }} as {{ column.name | identifier }}{{ "," if not loop.last }}
            {% endfor %}
        from {{ input }}
    )
