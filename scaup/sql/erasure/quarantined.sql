{# The rows of a quarantine whose text names one of the values, or all the others. #}
select *
from {{ rows }} as quarantine_rows
where
    {{ "not" if is_kept }} coalesce(
        list_bool_or(list_transform($values, lambda value:contains(quarantine_rows.raw, value))),
        false
    )
