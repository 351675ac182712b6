{# CSV records of one chunk: each came as a JSON array of line number, raw text and fields. #}
with

    chunk_records as (
        select from_json(unnest(string_split(content, chr(10))), '["VARCHAR"]') as parts from chunk
    )

select cast(parts[1] as bigint) as source_line, parts[2] as raw, parts[3:] as fields
from chunk_records
