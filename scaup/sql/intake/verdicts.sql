{# One row per row of a file: the rule it breaks, its identity as a hash, and its day. #}
create or replace temp table verdicts as
select
    source_line,
    misfit,
    hash({% for name in identity %}{{ name | identifier }}{{ ", " if not loop.last }}{% endfor %}) as key_hash,
{% if partition %} cast({{ partition | identifier }} as date)
{% else %} cast(null as date)
{% endif %} as day
from {{ checked }}
