{# Rows with contested identities, with what they say apart from when and by whom it was recorded. #}
{% macro names(columns) -%}
    {% for name in columns %} {{ name | identifier }}{{ ", " if not loop.last }}{% endfor %}
{%- endmacro %}
{% macro fields(columns) -%}
    {% for name in columns %}
        {{ name | identifier }} := {{ name | identifier }}{{ ", " if not loop.last }}
    {%- endfor %}
{%- endmacro %}
select
    file_no,
    source_line,
    struct_pack({{ fields(identity) }}) as identity,
    struct_pack({{ fields(content) }}) as content
from
    (
        {% for part in parts %}
            select {{ part.file_no }} as file_no, source_line, {{ names(columns) }}
            from {{ part.rows }} as file_rows {{ "union all" if not loop.last }}
        {% endfor %}
    ) as load_rows
semi join
    (
        select file_no, source_line
        from {{ ("accepted_" ~ table) | identifier }}
        semi join contested using (key_hash)
    ) as contested_rows using (file_no, source_line)
{% if lake %}
    union all
    select
        -1 as file_no,
        0 as source_line,
        struct_pack({{ fields(identity) }}) as identity,
        struct_pack({{ fields(content) }}) as content
    from {{ lake }}
    where hash({{ names(identity) }}) in (select key_hash from contested)
{% endif %}
