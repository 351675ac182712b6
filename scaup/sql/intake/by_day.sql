select *, cast({{ partition | identifier }} as date) as shelf_day
from {{ part.rows }} as file_rows
{% if part.has_dropped_rows %}
    anti join
        (
            select source_line
            from {{ ("dropped_" ~ table) | identifier }}
            where file_no = {{ part.file_no }}
        ) as dropped_lines using (source_line)
{% endif %}
