select
    list_extract(list_extract($paths, quarantined.file_no + 1), place + 1) as file,
    list_extract(list_extract($hashes, quarantined.file_no + 1), place + 1) as file_sha256,
    table_name,
    source_line - after as line,
    reason,
    column_name,
    raw
from quarantined
asof join shares on quarantined.file_no = shares.file_no and source_line > after
order by quarantined.file_no, place, table_name, source_line
