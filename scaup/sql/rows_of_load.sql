{#- A raw table's rows, each with the load that brought it. -#}
select * exclude (filename), regexp_extract(filename, '([^/]+)/{{ table }}/', 1) as load_id
from read_parquet({{ files | quoted }}, hive_partitioning = false, union_by_name = true, filename = true)
