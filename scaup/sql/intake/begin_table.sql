create temp table {{ ("accepted_" ~ table) | identifier }} (
    file_no bigint, source_line bigint, key_hash ubigint, day date
);
create temp table {{ ("dropped_" ~ table) | identifier }} (file_no bigint, source_line bigint);
