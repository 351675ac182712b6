-- The files of a raw table by day, and how many rows they have: their last pages alone are read.
select split_part(split_part(file_name, '/day=', 2), '/', 1) as day, file_name, num_rows
from parquet_file_metadata($files)
where contains(file_name, '/day=')
order by day, file_name
