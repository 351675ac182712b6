{# How often each file would be read if every day of it were looked up: 122880 rows are read at once. #}
select
    file_no,
    count(distinct (source_line // 122880, day)) / count(distinct source_line // 122880) as reads
from {{ ("accepted_" ~ table) | identifier }}
group by file_no
