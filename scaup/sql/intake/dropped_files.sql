select distinct file_no from {{ ("dropped_" ~ table) | identifier }}
