{# The days that each file has rows of which are to be written. #}
select distinct file_no, day
from {{ ("accepted_" ~ table) | identifier }}
anti join {{ ("dropped_" ~ table) | identifier }} using (file_no, source_line)
order by file_no, day
