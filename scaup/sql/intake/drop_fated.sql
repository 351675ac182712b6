insert into {{ ("dropped_" ~ table) | identifier }}
select file_no, source_line
from fates
