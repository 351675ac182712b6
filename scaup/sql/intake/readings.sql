{#
    How a value that was given becomes a value of the contract's type; null when it does not fit.
    Text is judged by how it is written, typed columns by whether they convert without loss.
    An empty text is no value, in every format. `column.reading` says how the value was given:

        same     the contract's own type              text   as text (CSV, or a text column)
        json     a JSON value                         cast   a narrower type of the same family
        whole    a fraction, taken when it is whole   midnight  a timestamp, taken as a date at 00:00
        absent   the file has no such column          never  a type that cannot become it
#}
{% macro integer_of(text, type) -%}
    case
        when regexp_full_match({{ text }}, '-?[0-9]{1,20}') then try_cast({{ text }} as {{ type }})
    end
{%- endmacro %}

{% macro double_of(text) -%}
    case
        when
            regexp_full_match({{ text }}, '-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]{1,3})?')
            and isfinite(try_cast({{ text }} as double))
        then try_cast({{ text }} as double)
    end
{%- endmacro %}

{# Without a zone it is UTC. A date alone is not a time; 24:00 and second 60 are not read. #}
{% macro timestamptz_of(text) -%}
    case
        when
            regexp_full_match(
                {{ text }},
                '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z| UTC|[-+](0[0-9]|1[0-4])(:?[0-5][0-9])?)?'
            )
        then try_cast({{ text }} as timestamptz)
    end
{%- endmacro %}

{% macro date_of(text) -%}
    case
        when regexp_full_match({{ text }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}')
        then try_cast({{ text }} as date)
    end
{%- endmacro %}

{% macro value(column) -%}
    {%- set given = column.name | identifier -%}
    {%- set text = "(" ~ given ~ " ->> '$')" if column.reading == "json" else given -%}
    {%- set kind = "json_type(" ~ given ~ ")" -%}
    {%- set how = column.reading ~ " " ~ column.type -%}
    {%- if column.reading in ("absent", "never") -%} cast(null as {{ column.type }})
    {%- elif how in ("same varchar", "text varchar") -%} nullif({{ given }}, '')
    {%- elif how in ("same double", "same timestamptz", "same date") -%}
        case when isfinite({{ given }}) then {{ given }} end
    {%- elif how in ("same varchar[]", "same bigint[]", "cast bigint[]") -%}
        case
            when len(list_filter({{ given }}, lambda item:item is null)) = 0
            then cast({{ given }} as {{ column.type }})
        end
    {%- elif column.reading == "same" -%} {{ given }}
    {%- elif how == "cast timestamptz" -%}
        case when isfinite({{ given }}) then cast({{ given }} as timestamptz) end
    {%- elif column.reading == "cast" -%} try_cast({{ given }} as {{ column.type }})
    {%- elif column.reading == "whole" -%}
        case
            when {{ given }} = trunc({{ given }}) and abs({{ given }}) <= 9007199254740992
            then try_cast({{ given }} as {{ column.type }})
        end
    {%- elif column.reading == "midnight" -%}
        case
            when isfinite({{ given }}) and {{ given }} = date_trunc('day', {{ given }})
            then cast({{ given }} as date)
        end
    {%- elif how in ("text bigint", "text ubigint") -%} {{ integer_of(text, column.type) }}
    {%- elif how == "text double" -%} {{ double_of(text) }}
    {%- elif how == "text boolean" -%}
        case
            when lower({{ text }}) in ('true', 't', '1')
            then true
            when lower({{ text }}) in ('false', 'f', '0')
            then false
        end
    {%- elif how == "text timestamptz" -%} {{ timestamptz_of(text) }}
    {%- elif how == "text date" -%} {{ date_of(text) }}
    {%- elif how == "text varchar[]" -%}
        case
            when
                regexp_full_match(
                    {{ text }}, '\[\s*("([^"\\]|\\.)*"(\s*,\s*"([^"\\]|\\.)*")*)?\s*\]'
                )
                and json_valid({{ text }})
            then from_json({{ text }}, '["VARCHAR"]')
        end
    {%- elif how == "text bigint[]" -%}
        case
            when regexp_full_match({{ text }}, '\[\s*(-?[0-9]{1,19}(\s*,\s*-?[0-9]{1,19})*)?\s*\]')
            then try_cast({{ text }} as bigint[])
        end
    {%- elif how == "json varchar" -%}
        case when {{ kind }} = 'VARCHAR' then nullif({{ text }}, '') end
    {%- elif how == "json bigint" -%}
        case when {{ kind }} in ('BIGINT', 'UBIGINT') then try_cast({{ text }} as bigint) end
    {%- elif how == "json ubigint" -%}
        {#- As a string too: most JSON writers cannot write an integer above 2^53. #}
        case
            when {{ kind }} in ('BIGINT', 'UBIGINT', 'VARCHAR')
            then {{ integer_of(text, "ubigint") }}
        end
    {%- elif how == "json double" -%}
        case
            when
                {{ kind }} in ('BIGINT', 'UBIGINT', 'DOUBLE')
                and isfinite(try_cast({{ text }} as double))
            then try_cast({{ text }} as double)
        end
    {%- elif how == "json boolean" -%} case when {{ kind }} = 'BOOLEAN' then {{ text }} = 'true' end
    {%- elif how == "json timestamptz" -%}
        case when {{ kind }} = 'VARCHAR' then {{ timestamptz_of(text) }} end
    {%- elif how == "json date" -%} case when {{ kind }} = 'VARCHAR' then {{ date_of(text) }} end
    {%- elif how == "json varchar[]" -%}
        case
            when
                {{ kind }} = 'ARRAY'
                and len(list_filter(json_type({{ given }}, '$[*]'), lambda item:item != 'VARCHAR'))
                = 0
            then from_json({{ given }}, '["VARCHAR"]')
        end
    {%- elif how == "json bigint[]" -%}
        case
            when
                {{ kind }} = 'ARRAY'
                and len(
                    list_filter(
                        json_type({{ given }}, '$[*]'),
                        lambda item:item not in ('BIGINT', 'UBIGINT')
                    )
                )
                = 0
            then try_cast(from_json({{ given }}, '["VARCHAR"]') as bigint[])
        end
    {%- elif how == "json json" -%} case when {{ kind }} != 'NULL' then {{ given }} end
    {%- elif how == "text json" -%}
        case when json_valid({{ text }}) then cast({{ text }} as json) end
    {%- endif -%}
{%- endmacro %}

{# Whether a value was given at all; never null. #}
{% macro is_given(column) -%}
    {%- set given = column.name | identifier -%}
    {%- if column.reading == "absent" -%} false
    {%- elif column.reading == "text" or column.reading ~ column.type == "samevarchar" -%}
        coalesce({{ given }} != '', false)
    {%- elif column.reading ~ column.type == "jsonvarchar" -%}
        coalesce(json_type({{ given }}) != 'NULL' and cast({{ given }} as varchar) != '""', false)
    {%- elif column.reading == "json" -%} coalesce(json_type({{ given }}) != 'NULL', false)
    {%- else -%} {{ given }} is not null
    {%- endif -%}
{%- endmacro %}
