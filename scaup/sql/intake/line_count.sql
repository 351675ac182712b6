select count(distinct source_line) from {{ rows }}
