{# The erased values of some kinds, a kind being the key that they are: accounts.account_id. #}
{% macro erased_values(kinds) -%}
    (
        select value
        from erased
        where
            kind
            in ({% for kind in kinds %}{{ kind | quoted }}{{ ", " if not loop.last }}{% endfor %})
    )
{%- endmacro %}
{% macro is_doomed(columns) -%}
    coalesce(
        {% for column in columns %}
            {{ column.name | identifier }}
            in {{ erased_values(column.kinds) }} {{ "or" if not loop.last }}
        {% endfor %},
        false
    )
{%- endmacro %}
