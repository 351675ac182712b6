{# How many rows of several files, read as one, are of which file: those judged, and those that did not fit. #}
select place, count(*) as row_count, count(*) filter (is_rejected) as rejected_count
from
    (
        select source_line, misfit is not null as is_rejected
        from verdicts
        union all
        select source_line, true as is_rejected
        from misfits
        where file_no = $number
    ) as judged_rows
asof join
    (select place, after from shares where file_no = $number) as file_shares on source_line > after
group by place
order by place
