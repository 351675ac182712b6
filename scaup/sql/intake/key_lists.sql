{# The different lists of keys of each file's lines; a file's lines are those above `after`. #}
select distinct after, keys
from chunk_lines
asof join (select unnest($afters::bigint[]) as after) as files on source_line > after
where keys is not null
