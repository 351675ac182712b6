{# JSON lines of one chunk: number, text, and what is wrong with it as JSON.
   DuckDB's parser lets trailing commas, NaN and Infinity pass; they are looked for outside strings. #}
{% set lax = "',\\s*[\\]}]|[nN][aA][nN]|[iI][nN][fF]'" %}
with

    chunk_lines as (select first_line, string_split(content, chr(10)) as texts from chunk),

    numbered_lines as (
        select
            unnest(generate_series(first_line, first_line + len(texts) - 1)) as source_line,
            rtrim(unnest(texts), chr(13)) as raw
        from chunk_lines
    ),

    written_lines as (
        select
            source_line,
            raw,
            json_valid(raw)
            and case
                when regexp_matches(raw, {{ lax }})
                then
                    not regexp_matches(regexp_replace(raw, '"([^"\\]|\\.)*"', '""', 'g'), {{ lax }})
                else true
            end as is_json
        from numbered_lines
        where trim(raw, chr(32) || chr(9) || chr(13)) != ''
    ),

    typed_lines as (
        select source_line, raw, case when is_json then json_type(raw) else 'none' end as kind
        from written_lines
    )

select
    source_line,
    raw,
    case when kind = 'OBJECT' then json_keys(raw) end as keys,
    case
        when kind = 'none' then 'not JSON' when kind != 'OBJECT' then 'not a JSON object'
    end as reason
from typed_lines
