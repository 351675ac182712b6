{% set thresholds = {"distance": 31} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'content' as subject_type,
    content_id as subject_id,
    occurred_at as detected_at,
    occurred_at as window_starts_at,
    occurred_at + interval 1 microsecond as window_ends_at,
    1 - distance / (2.0::double * {{ thresholds.distance }}) as strength,
    {{ evidence(thresholds, shown=["pdq_quality", "hash_type", "list_id", "match_id"]) }}
    as evidence
from {{ ref("feat_hash_matches") }}
where is_standing and distance <= {{ thresholds.distance }}
-- One row an object: its closest entry.
qualify row_number() over (partition by content_id order by distance, occurred_at, match_id) = 1
