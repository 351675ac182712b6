select
    memberships.account_id,
    org_id,
    memberships.from_at,
    memberships.to_at,
    memberships.role,
    organizations.kind as org_kind
from {{ ref("stg_memberships") }} as memberships
inner join {{ ref("stg_organizations") }} as organizations using (org_id)
where organizations.kyc_status = 'verified'
