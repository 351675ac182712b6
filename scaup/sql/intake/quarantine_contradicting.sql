insert into quarantined
select $number, $table, source_line, $reason, null, raw
from {{ raws }} as file_raws
semi join (select source_line from fates where file_no = $number and not is_repeated) using (source_line)
