select
    list_extract($paths, file_no + 1) as file,
    list_extract($hashes, file_no + 1) as file_sha256,
    table_name,
    source_line as line,
    reason,
    column_name,
    raw
from quarantined
order by file_no, table_name, source_line
