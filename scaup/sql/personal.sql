{# True where a row's texts hold what looks like a person's address or number.

   The shape of an address, as in `aaaa.aaaa@example.org`, is none: its letters are abstracted. One text of
   a whole row is looked through, which is many times faster than each column by itself. #}
{% set text %}
concat_ws(chr(31){% for column in columns %}, {{ column | identifier }}::varchar{% endfor %})
{%- endset %}
(
    contains({{ text }}, '@')
    and regexp_matches(
        regexp_replace({{ text }}, '(^|[^A-Za-z0-9._%+-])[aA90._+-]+@', ' ', 'g'),
        '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+'
    )
)
or regexp_matches(
    {{ text }},
    '(^|[^0-9A-Za-z.])([0-9]{1,3}\.){3}[0-9]{1,3}($|[^0-9A-Za-z.])|(^|[\s\x1f"''\[,])\+[0-9][0-9 ()/-]{6,}[0-9]($|[\s\x1f"''\],])|(^|[\s\x1f"''\[,])([0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}($|[\s\x1f"''\],])'
)
