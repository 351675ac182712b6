{# The values of a column whose keyed hash is on a tombstone: HMAC-SHA-256, RFC 2104. #}
insert or ignore into erased
select {{ kind | quoted }}, value
from
    (
        select distinct {{ column | identifier }} as value
        from {{ rows }} as table_rows
        where {{ column | identifier }} is not null
    )
where sha256($outer || unhex(sha256($inner || encode({{ kind | quoted }} || ' ' || value)))) in (
    select hmac
    from {{ tombstones }}
)
