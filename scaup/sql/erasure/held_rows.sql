{# The holds on what rows name that would go, or lose a mention: their rows have to stay as they are. #}
{% from "erasure/names.sql" import is_doomed %}
select distinct held.hold_id, held.kind, held.value
from
    (
        select
            {% for mention in mentions %}
                {{ mention.name | identifier }}
                {{- ", " if not loop.last }}
            {% endfor %}

        from {{ rows }} as table_rows
        where {{ is_doomed(mentions) }}
    ) as touched_rows
inner join
    held
    on {% for mention in mentions %}
        (
            held.value = touched_rows.{{ mention.name | identifier }}
            and held.kind
            in ({% for kind in mention.kinds %}{{ kind | quoted }}{{ ", " if not loop.last }}{% endfor %})
        ) {{ "or" if not loop.last }}
    {% endfor %}

order by all
