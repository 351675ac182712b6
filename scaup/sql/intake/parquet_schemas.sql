{# The columns of each file and their types, by the files' own footers. #}
select
    file_name,
    md5(
        string_agg(
            concat_ws(
                '/', name, type, type_length, repetition_type, num_children, converted_type, scale, precision, logical_type
            ),
            chr(10)
            order by column_id
        )
        filter (column_id > 0)
    ) as columns
from parquet_schema({{ files }})
group by file_name
-- Names that the reader adds itself: such a file is read alone.
having not bool_or(lower(name) in ('filename', 'landed path', 'landed after'))
