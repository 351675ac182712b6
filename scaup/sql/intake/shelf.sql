{# The rows of one lake file: one table, one day (or all of an undivided table), in cluster order. #}
select {% for name in columns %}{{ name | identifier }}{{ ", " if not loop.last }}{% endfor %}

from
    (
        {% for part in parts %}
        select *
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
            and {{ partition | identifier }} < {{ part.next_day | quoted }}::{{ partition_type }}
        {% endif %}
        {{ "union all" if not loop.last }}
        {% endfor %}
    )
order by {% for name in order %}{{ name | identifier }}{{ ", " if not loop.last }}{% endfor %}
