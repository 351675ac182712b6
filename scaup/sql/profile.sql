{#- One pass over one relation: how many rows, and how many of them break each promise. -#}
select
    count(*) as "rows"
    {% for promise in promises %}
    {% if promise.check == "unique" and among %}
    {#- The others are unique, so that one of these may be there once. #}
    , (
        select count(*)
        from {{ relation }} as one
        semi join {{ among }} as added
            on {% for column in promise.columns %}{{ "and " if not loop.first }}one.{{ column | identifier }} is not distinct from added.{{ column | identifier }} {% endfor %}

    ) - (select count(distinct ({{ promise.columns | map("identifier") | join(", ") }})) from {{ among }}) as {{ promise.label | identifier }}
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
