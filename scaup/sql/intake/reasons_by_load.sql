select
    split_part(filename, '/', -2) as load_id,
    table_name,
    reason,
    count(*) as row_count,
    count(distinct file) as file_count
from {{ rows }}
group by load_id, table_name, reason
order by load_id, row_count desc, table_name, reason
