insert into quarantined
select
    $number, $table, source_line, list_extract($reasons, misfit), list_extract($columns, misfit), raw
from {{ raws }} as file_raws
inner join verdicts using (source_line)
where misfit is not null
