-- Who reviews. Vendors differ in skill, and so do people; skill leaves this plan only sealed.
create table reviewer_plan as
select
    reviewer_no,
    'rev_' || lpad((reviewer_no + 1)::varchar, 4, '0') as reviewer_id,
    case when share < 0.4 then 'ven_northstar' when share < 0.68 then 'ven_lumen' when share < 0.88 then 'ven_kestrel' end as vendor_id,
    case
        when reviewer_no < 4 then 'adjudicator'
        when reviewer_no < 7 then 'qa'
        when reviewer_no < 9 then 'lead'
        when u('role', concat('reviewer', reviewer_no)) < 0.15 then 'senior'
        else 'reviewer'
    end as role,
    -- The head of the list is staff with every clearance, so that no queue stands empty.
    reviewer_no < 14 or u('cleared', reviewer_no) < 0.35 as is_cleared,
    least(
        case
            when reviewer_no < 9 then 0.02
            when share < 0.4 then 0.05
            when share < 0.68 then 0.11
            when share < 0.88 then 0.20
            else 0.03
        end * exp(0.45 * normal('skill', reviewer_no)),
        0.4
    ) as error_rate,
    after_days(world.begins_at, case when u('is hired', reviewer_no) < 0.12 and reviewer_no >= 14 then 30 * u('hired', reviewer_no) else -30 - 600 * u('hired', reviewer_no) end)::date
        as start_day
from
    world,
    range(case world.size when 's' then 28 when 'm' then 48 when 'l' then 110 else 260 end) as numbers(reviewer_no),
    lateral (select case when reviewer_no < 9 then 1.0 else u('vendor', reviewer_no) end as share) as vendors;

create table out_reviewers as
select
    reviewer_id,
    vendor_id,
    role,
    case when u('languages', reviewer_no) < 0.5 then ['en'] when u('languages', reviewer_no) < 0.75 then ['en', 'es'] else ['en', 'pt', 'fr'] end
        as languages,
    is_cleared as child_safety_cleared,
    start_day,
    null::date as end_day,
    greatest(start_day::timestamp at time zone 'UTC' + interval 9 hour, world.begins_at) as recorded_at,
    'workforce' as source_system
from reviewer_plan, world;

create table out_vendors as
select
    vendor_id, name, world.begins_at - interval 400 day as recorded_at, 'procurement' as source_system
from world, (values ('ven_northstar', 'Northstar Review'), ('ven_lumen', 'Lumen Trust'), ('ven_kestrel', 'Kestrel BPO')) as vendors(vendor_id, name);

create table out_vendor_terms as
select
    vendor_id,
    metric,
    target + case when valid_from > date '2026-01-01' and metric = 'accuracy' then 0.01 else 0 end as target,
    valid_from,
    valid_from::timestamp at time zone 'UTC' - interval 20 day as recorded_at,
    'procurement' as source_system
from
    (values ('ven_northstar'), ('ven_lumen'), ('ven_kestrel')) as vendors(vendor_id),
    (values ('sla_attainment', 0.95), ('accuracy', 0.94), ('adherence', 0.9)) as metrics(metric, target),
    (values (date '2025-10-01'), (date '2026-04-01')) as starts(valid_from);

create table reviewer_skills as
select reviewer_id, vendor_id, role, error_rate from reviewer_plan;

-- Who may be given what: first decisions by reviewers, second ones by QA, the last word by adjudicators.
create table eligible as
with

    pools as (
        select reviewer_plan.*, pool
        from reviewer_plan, (values ('first'), ('first_cleared'), ('qa'), ('adjudicator')) as pools(pool)
        where
            case pool
                when 'first' then role in ('reviewer', 'senior')
                when 'first_cleared' then role in ('reviewer', 'senior') and is_cleared
                else role = pool
            end
            -- The newly hired take up work when they have come (and rank last).
    )

select
    pool,
    row_number() over (partition by pool order by start_day, reviewer_no) - 1 as place,
    count(*) over (partition by pool) as pool_size,
    reviewer_id,
    error_rate
from pools
where start_day <= date '2026-03-01';
