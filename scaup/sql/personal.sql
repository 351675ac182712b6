{# True where one of the columns holds what looks like a person's address or number.

   The shape of an address, as in `aaaa.aaaa@example.org`, is none: its letters are abstracted. #}
{% for column in columns %}
    {% set text = column | identifier ~ "::varchar" %}
    (
        contains({{ text }}, '@')
        and regexp_matches({{ text }}, '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+')
        and not regexp_full_match({{ text }}, '[aA90._+-]+@.*')
    )
    or (
        contains({{ text }}, '.')
        and regexp_matches({{ text }}, '(^|[^0-9A-Za-z.])([0-9]{1,3}\.){3}[0-9]{1,3}($|[^0-9A-Za-z.])')
    )
    or (contains({{ text }}, '+') and regexp_matches({{ text }}, '(^|\s)\+[0-9][0-9 ()/-]{6,}[0-9]($|\s)'))
    or (contains({{ text }}, ':') and regexp_full_match({{ text }}, '([0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{1,4}'))
    {{ "or" if not loop.last }}
{% endfor %}
