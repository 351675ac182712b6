-- One row per organisation. Planted teams are organisations like any other.
create table orgs as
select
    row_number() over (order by org_key) as org_no,
    org_key,
    'org_' || lpad(row_number() over (order by org_key)::varchar, 6, '0') as org_id,
    case any_value(kind)
        when 'contracted_reseller' then 'reseller'
        when 'university_nat' then 'edu'
        when 'evaluation_team' then 'enterprise'
        when 'outreach_agency' then 'enterprise'
        else
            case
                when u('org kind', org_key) < 0.55 then 'enterprise'
                when u('org kind', org_key) < 0.8 then 'startup'
                when u('org kind', org_key) < 0.9 then 'research'
                else 'edu'
            end
    end as kind,
    case
        when any_value(country) in ('US', 'CA', 'MX', 'BR') then 'americas'
        when any_value(country) in ('IN', 'JP', 'KR', 'PH', 'ID', 'VN', 'AU') then 'apac'
        else 'emea'
    end as region,
    case
        when any_value(kind) <> 'staff' then 'verified'
        when u('org kyc', org_key) < 0.7 then 'verified'
        when u('org kyc', org_key) < 0.85 then 'none'
        when u('org kyc', org_key) < 0.97 then 'pending'
        else 'failed'
    end as kyc_status,
    min(created_at) - interval 5 day as created_at
from roster
where org_key is not null
group by org_key
order by org_key;

create table out_organizations as
select
    org_id, kind, region, kyc_status, created_at, created_at + interval 2 minute as recorded_at, 'crm' as source_system
from orgs;

create table out_memberships as
select
    org_id,
    account_id,
    case
        when member_no = 0 then 'owner'
        when u('role', person_key) < 0.15 then 'admin'
        else 'member'
    end as role,
    roster.created_at + interval 1 minute as from_at,
    case when roster.kind = 'staff' and u('leaves', person_key) < 0.03
        then world.ends_at - to_days(whole('left', person_key, 60)::integer + 2)
    end as to_at,
    greatest(roster.created_at + interval 3 minute, coalesce(to_at, roster.created_at) + interval 3 minute)
        as recorded_at,
    'crm' as source_system
from roster
join orgs using (org_key)
cross join world
where to_at is null or to_at > from_at;
