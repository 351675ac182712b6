select file_sha256, table_name, count(*) as row_count, count(raw) as raw_count
from {{ rows }}
group by file_sha256, table_name
