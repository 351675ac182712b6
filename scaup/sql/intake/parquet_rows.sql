select
    {{ "\"landed after\" + " if is_bundle }}file_row_number + 1 as source_line
    {% for name in names %}, {{ name | identifier }}{% endfor %}

from {{ rows }}
