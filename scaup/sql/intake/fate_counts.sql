{# Rows that repeat or contradict a known one, by the file that they are of. #}
select fates.file_no, place, is_repeated, count(*) as row_count
from fates
asof join shares on fates.file_no = shares.file_no and source_line > after
group by all
