select
    {{ "\"landed after\" + " if is_bundle }}file_row_number + 1 as source_line,
    cast(
        to_json(
            struct_pack(
                {% for name in names %}
                    {{ name | identifier }} := {{ name | identifier }}{{ "," if not loop.last }}
                {% endfor %}
            )
        ) as varchar
    ) as raw
from {{ rows }}
