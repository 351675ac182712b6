select table_name
from intermediate.int_input_coverage
where list_contains($inputs, table_name) and not is_present
order by table_name
