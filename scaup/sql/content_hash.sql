{#- The rows of one relation as one number pair: equal for equal rows in any order, different when a row is
    repeated (a sum, not an exclusive or). A row's text is its JSON, which tells null from 'null'. The two
    numbers are the halves of its MD5, which is taken once: `md5_number_lower` and `…_upper` would each take it. -#}
select
    count(*) as row_count,
    coalesce(sum((row_number >> 64)::hugeint), 0)::varchar as lower_sum,
    coalesce(sum((row_number & 18446744073709551615::uhugeint)::hugeint), 0)::varchar as upper_sum
from (select md5_number(to_json(relation)::varchar) as row_number from {{ relation }} as relation)
