select table_name, reason, count(*) as row_count
from read_parquet(?)
group by table_name, reason
order by table_name, reason
