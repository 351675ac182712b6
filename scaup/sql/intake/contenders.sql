{# Rows with contested identities, with what they say apart from when and by whom it was recorded. #}
{% macro names(columns) -%}
    {% for name in columns %}{{ name | identifier }}{{ ", " if not loop.last }}{% endfor %}
{%- endmacro %}
{% macro fields(columns) -%}
    {% for name in columns %}
    {{ name | identifier }} := {{ name | identifier }}{{ ", " if not loop.last }}
    {%- endfor %}
{%- endmacro %}
{% for part in parts %}
select
    {{ part.file_no }} as file_no,
    source_line,
    struct_pack({{ fields(identity) }}) as identity,
    struct_pack({{ fields(content) }}) as content
from {{ part.rows }} as file_rows
semi join
    (
        select source_line
        from {{ ("accepted_" ~ table) | identifier }}
        semi join contested using (key_hash)
        where file_no = {{ part.file_no }}
    ) as contested_lines using (source_line)
{% if not loop.last or lake %} union all {% endif %}
{% endfor %}
{% if lake %}
select
    -1 as file_no,
    cast(0 as bigint) as source_line,
    struct_pack({{ fields(identity) }}) as identity,
    struct_pack({{ fields(content) }}) as content
from {{ lake }}
where hash({{ names(identity) }}) in (select key_hash from contested)
{% endif %}
