{# JSON lines of one chunk: number, text, and what is wrong with it as JSON.
   DuckDB's parser lets trailing commas, NaN and Infinity pass; they are looked for outside strings. #}
{% set lax = "',\\s*[\\]}]|[nN][aA][nN]|[iI][nN][fF]'" %}
with

    chunk_lines as (select string_split($chunk, chr(10)) as texts),

    numbered_lines as (
        select
            unnest(generate_series($first_line, $first_line + len(texts) - 1)) as source_line,
            rtrim(unnest(texts), chr(13)) as raw
        from chunk_lines
    ),

    written_lines as (
        select
            source_line,
            raw,
            json_valid(raw)
            and not (
                regexp_matches(raw, {{ lax }})
                and regexp_matches(
                    regexp_replace(raw, '"([^"\\]|\\.)*"', '""', 'g'), {{ lax }}
                )
            ) as is_json
        from numbered_lines
        where trim(raw, chr(32) || chr(9) || chr(13)) != ''
    ),

    objects as (
        select
            source_line,
            raw,
            is_json,
            case when is_json then json_type(raw) end as kind,
            case when is_json and json_type(raw) = 'OBJECT' then json_keys(raw) end as keys
        from written_lines
    )

select
    source_line,
    raw,
    keys,
    case
        when not is_json then 'not JSON'
        when kind != 'OBJECT' then 'not a JSON object'
        when len(keys) != len(list_distinct(keys)) then 'a key given twice'
    end as reason
from objects
