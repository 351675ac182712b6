{#- The rows of one relation as one number pair: equal for equal rows in any order, different when a row is
    repeated (a sum, not an exclusive or). A row's text is its JSON, which tells null from 'null'. -#}
select
    count(*) as row_count,
    coalesce(sum(md5_number_lower(row_text)::hugeint), 0)::varchar as lower_sum,
    coalesce(sum(md5_number_upper(row_text)::hugeint), 0)::varchar as upper_sum
from (select to_json(relation)::varchar as row_text from {{ relation }} as relation)
