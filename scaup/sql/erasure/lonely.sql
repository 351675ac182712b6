{# Personal rows that only erased rows named, such as somebody's own device: they go as well. #}
{% from "erasure/names.sql" import is_doomed %}
insert or ignore into erased
select {{ kind | quoted }}, value
from
    (
{% for child in children %}
            select
    {{ child.column | identifier }} as value,
    {% if child.deciding %}
        {{ is_doomed(child.deciding) }}
 {% else %} false {% endif %} as goes
            from {{ child.rows }} as child_rows
            where {{ child.column | identifier }} is not null
    {{ "union all" if not loop.last }}
{% endfor %}
    )
group by value
having bool_and(goes)
