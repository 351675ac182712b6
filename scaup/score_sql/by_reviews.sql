-- One row per signal: what reviews said of whom it hit. No key is needed, so this holds for real data.
select
    signal_id,
    route,
    judged_type,
    hit_count,
    settled_count,
    confirmed_count,
    precision::double as precision,
    precision_low::double as precision_lower,
    precision_high::double as precision_upper,
    hit_rate_confirmed::double as recall,
    hit_rate_benign::double as hit_rate_benign,
    bits::double as bits
from snapshot.enforcement.signal_outcomes
order by route, signal_id;
