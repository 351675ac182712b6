select table_name, reason, count(*) as row_count, count(distinct file) as file_count
from {{ rows }}
where $table is null or table_name = $table
group by table_name, reason
order by row_count desc, table_name, reason
