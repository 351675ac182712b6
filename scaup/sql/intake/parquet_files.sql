{# The rows of each file, by its own footer, in the order in which they were given. #}
select "landed path", num_rows
from (select unnest($paths) as "landed path", generate_subscripts($paths, 1) as place) as files
inner join parquet_file_metadata({{ files }}) on file_name = "landed path"
order by place
