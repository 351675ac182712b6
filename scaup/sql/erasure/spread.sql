{# The keys of the rows that go are erased as well: what names them goes next. #}
{% from "erasure/names.sql" import is_doomed %}
insert or ignore into erased
select distinct {{ kind | quoted }}, {{ key | identifier }}
from {{ rows }} as table_rows
where {{ is_doomed(columns) }}
