{#- One pass over one relation: how many rows, and how many of them break each promise. -#}
select
    count(*) as "rows"
    {% for promise in promises %}
    {% if promise.check == "unique" and among %}
    {#- The others are unique, so that one of these may be there once. #}
    {% set columns = promise.columns | map("identifier") | join(", ") %}
    , (select count(*) from {{ relation }} semi join {{ among }} using ({{ columns }}))
        - (select count(distinct ({{ columns }})) from {{ among }}) as {{ promise.label | identifier }}
    {% elif promise.check == "unique" %}
    , count(*) - count(distinct ({{ promise.columns | map("identifier") | join(", ") }})) as {{ promise.label | identifier }}
    {% elif promise.check == "present" %}
    , case when count(*) = 0 then 1 else 0 end as {{ promise.label | identifier }}
    {% else %}
    , count(*) filter (where {{ promise.broken_where }}) as {{ promise.label | identifier }}
    {% endif %}
    {% endfor %}
    {% for column in clocks %}
    , max({{ column | identifier }}) as {{ ("latest " ~ column) | identifier }}
    {% endfor %}
from {{ relation }}
