{# The values of a personal column in the rows that go, and in no other row. #}
{% from "erasure/names.sql" import is_doomed %}
select {{ column | identifier }}
from {{ rows }} as table_rows
where {{ column | identifier }} is not null
group by {{ column | identifier }}
having bool_and({{ is_doomed(columns) }})
order by {{ column | identifier }}
