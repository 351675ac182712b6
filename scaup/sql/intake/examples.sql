{# A few rows of every reason before many of one. #}
with

    placed_rows as (
        select
            split_part(filename, '/', -2) as load_id,
            file,
            line,
            table_name,
            reason,
            raw,
            row_number() over (
                partition by table_name, reason order by filename, file, line
            ) as place
        from {{ rows }}
        where $table is null or table_name = $table
    ),

    chosen_rows as (select * from placed_rows order by place, table_name, reason limit $limit)

select load_id, file, line, table_name, reason, raw
from chosen_rows
order by table_name, reason, place
