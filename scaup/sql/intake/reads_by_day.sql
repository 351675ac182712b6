{# How often each file would be read if every day of it were looked up, 131072 rows at a time. #}
select
    file_no,
    count(distinct (source_line >> 17, day)) / count(distinct source_line >> 17) as reads
from {{ ("accepted_" ~ table) | identifier }}
group by file_no
