{# The rows of one lake file, or of all days of a table at once, in cluster order. #}
select
    {% for name in columns %} {{ name | identifier }}{{ ", " if not loop.last }}{% endfor %}
    {%- if is_by_day %}, shelf_day{% endif %}

from
    (
        {% for part in parts %}
            select
                {% for name in columns %}
                    {{ name | identifier }}{{ ", " if not loop.last }}
                {% endfor %}

            from {{ part.rows }} as file_rows
            {% if part.has_dropped_rows %}
                anti join
                    (
                        select source_line
                        from {{ ("dropped_" ~ table) | identifier }}
                        where file_no = {{ part.file_no }}
                    ) as dropped_lines using (source_line)
            {% endif %}
            {% if part.day %}
                where
                    {{ partition | identifier }} >= {{ part.day | quoted }}::{{ partition_type }}
                    and {{ partition | identifier }}
                    < {{ part.next_day | quoted }}::{{ partition_type }}
            {% endif %} {{ "union all" if not loop.last }}
        {% endfor %}
    ) as rows_of_files
{% if is_by_day %}
    inner join shelf_days on cast({{ partition | identifier }} as date) = shelved_day
{% endif %}
order by
    {{ "shelf_day, " if is_by_day }}
    {% for name in order %} {{ name | identifier }}{{ ", " if not loop.last }}{% endfor %}
