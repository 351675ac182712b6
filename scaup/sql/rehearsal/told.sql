{#- The rows of an answer, in the columns that are told. -#}
select {% for name in columns %} {{ name | identifier }}{{ ", " if not loop.last }}{% endfor %}

from
    (
        {{ answer }}
    ) as answer
