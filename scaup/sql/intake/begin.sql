create temp table misfits (file_no bigint, source_line bigint, reason varchar, raw varchar);
create temp table shares (file_no bigint, place bigint, after bigint);
create temp table quarantined (
    file_no bigint,
    table_name varchar,
    source_line bigint,
    reason varchar,
    column_name varchar,
    raw varchar
);
