select
    any_value(value) filter (where bound = 'bits_floor') as bits_floor,
    any_value(value) filter (where bound = 'bits_cap') as bits_cap,
    any_value(value) filter (where bound = 'prior_reviews') as prior_reviews,
    any_value(value) filter (where bound = 'cell_reviews') as cell_reviews,
    any_value(value) filter (where bound = 'prior_prevalence') as prior_prevalence
from {{ ref("evidence_bounds") }} as evidence_bounds
cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
where {{ valid_at("int_snapshot_clock.as_of", "evidence_bounds") }}
