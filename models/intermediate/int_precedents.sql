select
    precedents.precedent_id,
    precedents.policy_id,
    precedents.policy_version,
    precedents.factor_codes,
    precedents.outcome,
    precedents.rationale_ref,
    precedents.status,
    precedents.superseded_by,
    precedents.decided_at,
    case
        when precedents.status <> 'active'
        then coalesce(successors.decided_at, precedents.recorded_at)
    end as binds_until
from {{ ref("stg_precedents") }} as precedents
left join
    {{ ref("stg_precedents") }} as successors on precedents.superseded_by = successors.precedent_id
order by precedents.precedent_id
