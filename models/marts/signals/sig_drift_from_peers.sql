{% set thresholds = {"bits_over_peers": 1.1, "request_count": 16, "peer_count": 8} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'account' as subject_type,
    account_id as subject_id,
    (week_starts_on + 7)::timestamptz as detected_at,
    week_starts_on::timestamptz as window_starts_at,
    (week_starts_on + 7)::timestamptz as window_ends_at,
    {{ strength("bits_over_peers", thresholds.bits_over_peers) }} as strength,
    {{ evidence(thresholds, shown=["surface", "jensen_shannon_bits", "peer_p99_bits"]) }}
    as evidence
from {{ ref("feat_account_drift") }}
where
    bits_over_peers >= {{ thresholds.bits_over_peers }}
    and request_count >= {{ thresholds.request_count }}
    and peer_count >= {{ thresholds.peer_count }}
-- One row an account and week: the surface on which it strayed furthest.
qualify
    row_number() over (
        partition by account_id, week_starts_on order by bits_over_peers desc, surface
    )
    = 1
