{% set thresholds = {"BLANK_column_of_<< feature >>": 1} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'account' as subject_type,
    account_id as subject_id,
    BLANK_moment_at_which_the_row_could_have_shown_it as detected_at,
    BLANK_start_of_the_window_inside as window_starts_at,
    BLANK_end_of_the_window_outside as window_ends_at,
    {{
        strength(
            "BLANK_column_of_<< feature >>", thresholds["BLANK_column_of_<< feature >>"]
        )
    }} as strength,
    {{ evidence(thresholds) }} as evidence
from {{ ref("<< feature >>") }}
where
    BLANK_column_of_<< feature >>
    >= {{ thresholds["BLANK_column_of_<< feature >>"] }}
