insert into {{ ("dropped_" ~ table) | identifier }}
select $number, source_line
from verdicts
where misfit is not null
