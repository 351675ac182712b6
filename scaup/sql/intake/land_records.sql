{# CSV records of one chunk: plain ones as they are, quoted ones as JSON arrays of line, text and fields. #}
with

    plain_records as (
        select
            unnest(string_split(numbers, chr(10))) as line,
            unnest(string_split(texts, chr(10))) as raw
        from chunk
        where numbers != ''
    ),

    quoted_records as (
        select from_json(unnest(string_split(encoded, chr(10))), '["VARCHAR"]') as parts
        from chunk
        where encoded != ''
    )

select cast(line as bigint) as source_line, raw, string_split(raw, ',') as fields
from plain_records
union all
select cast(parts[1] as bigint) as source_line, parts[2] as raw, parts[3:] as fields
from quoted_records
