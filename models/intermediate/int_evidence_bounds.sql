select
    int_snapshot_clock.as_of,
    any_value(value) filter (where bound = 'bits_floor') as bits_floor,
    any_value(value) filter (where bound = 'bits_cap') as bits_cap,
    any_value(value) filter (where bound = 'prior_reviews') as prior_reviews,
    any_value(value) filter (where bound = 'cell_reviews') as cell_reviews,
    any_value(value) filter (where bound = 'prior_prevalence') as prior_prevalence
from {{ ref("int_snapshot_clock") }} as int_snapshot_clock
left join
    {{ ref("evidence_bounds") }} as evidence_bounds
    on {{ valid_at("int_snapshot_clock.as_of", "evidence_bounds") }}
group by int_snapshot_clock.as_of
