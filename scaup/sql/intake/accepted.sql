insert into {{ ("accepted_" ~ table) | identifier }}
select $number, source_line, key_hash, day
from verdicts
where misfit is null
