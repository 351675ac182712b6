{#- The first rows of a gate's breach as a message may tell them. -#}
{% set columns = ["row_key"] %}
select case when {% include "personal.sql" %} then 'a row with what looks like personal data' else row_key end
from operations.rows_in_breach
where gate = ?
order by place
limit {{ most }}
