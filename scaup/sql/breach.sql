{#- What broke one gate, into the table that shows it: rows by key, or the words that say what is wrong. -#}
insert into operations.rows_in_breach
select
    {{ breach.gate | quoted }},
    row_number() over (order by row_key, row_values),
    row_key,
    row_values,
    {{ breach.promise | quoted }}
from
    (
        {% if breach.rows %}
        select
            concat_ws(
                ', '
                {% for column in breach.shown %}
                , {{ (column ~ "=") | quoted }} || coalesce({{ column | identifier }}::varchar, 'null')
                {% endfor %}
            ) as row_key,
            to_json(found)::varchar as row_values
        from ({{ breach.rows }}) as found
        order by row_key, row_values
        limit {{ most }}
        {% else %}
        select unnest([{% for word in breach.words %}{{ word | quoted }}{{ ", " if not loop.last }}{% endfor %}]) as row_key,
            null::varchar as row_values
        {% endif %}
    )
