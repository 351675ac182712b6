{#- The rows in breach of a refused build, in place of the empty view of that name and with its columns. -#}
create schema if not exists operations;
drop view if exists operations.rows_in_breach;
create table operations.rows_in_breach
    (gate varchar, place bigint, row_key varchar, row_values varchar, promise varchar)
