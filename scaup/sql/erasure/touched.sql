{# The files of a table with something to erase: the rows that go, and the cells to be emptied. #}
{% from "erasure/names.sql" import is_doomed %}
select
    filename,
    count(*) filter (
        where {% if deciding %} {{ is_doomed(deciding) }} {% else %} false {% endif %}
    ) as row_count,
    count(*) filter (
        where {% if emptied %} {{ is_doomed(emptied) }} {% else %} false {% endif %}
    ) as cell_count
from {{ rows }} as table_rows
group by filename
having row_count > 0 or cell_count > 0
order by filename
