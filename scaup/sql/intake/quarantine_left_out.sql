insert into quarantined
select $number, $table, source_line, 'left out by the adapter', null, raw
from {{ raws }} as file_raws
semi join {{ input }} as file_rows using (source_line)
anti join {{ taken }} using (source_line)
