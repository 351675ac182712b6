{# Rows that an adapter made, the lines they are of, and those of no line in the file. #}
select
    count(*) as made,
    count(distinct source_line) as lines,
    count(*) filter (
        source_line not in (select source_line from {{ input }}) or source_line is null
    ) as unknown
from verdicts
