{#- How many rows name something that no row of the other table is. -#}
select count(*)
from {{ relation }} as child
where
    child.{{ column | identifier }} is not null
    and not exists (
        select 1 from {{ parent }} as parent
        where parent.{{ parent_column | identifier }} = child.{{ column | identifier }}
    )
