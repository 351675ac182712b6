{# JSON lines of one chunk: number, text, and what is wrong with it as JSON.
   DuckDB's parser lets trailing commas, NaN and Infinity pass; they are looked for outside strings.
   One look at a text costs a microsecond or so, a second parse several: hence one of each. #}
{% macro is_lax(text) -%}
    (
        regexp_matches({{ text }}, ',\s*[\]}]')
        or regexp_matches({{ text }}, '[nN][aA][nN]')
        or regexp_matches({{ text }}, '[iI][nN][fF]')
    )
{%- endmacro %}
with

    chunk_lines as (select first_line, string_split(content, chr(10)) as texts from chunk),

    numbered_lines as (
        select
            unnest(generate_series(first_line, first_line + len(texts) - 1)) as source_line,
            unnest(texts) as line
        from chunk_lines
    ),

    written_lines as (
        select
            source_line,
            case when ends_with(line, chr(13)) then left(line, -1) else line end as raw,
            try(json_keys(line)) as keys
        from numbered_lines
        where regexp_matches(line, '[^ \t\r]')
    ),

    judged_lines as (
        select
            source_line,
            raw,
            keys,
            case
                when keys is null
                then false
                when {{ is_lax("raw") }}
                then
                    not {{ is_lax("regexp_replace(raw, '" ~ '"([^"\\\\]|\\\\.)*"' ~ "', '\"\"', 'g')") }}
                else true
            end as is_json,
            regexp_matches(raw, '^[ \t\r]*[{]') as is_object
        from written_lines
    )

select
    source_line,
    raw,
    case when is_json and is_object then keys end as keys,
    case when not is_json then 'not JSON' when not is_object then 'not a JSON object' end as reason
from judged_lines
