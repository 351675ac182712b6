-- One row per account to be: what it is, in which group, and since when.
-- A group is one cluster, ring, organisation or class; a household is one home's accounts.
create table roster as
with

    planted_accounts as (
        select
            kind,
            role,
            group_no,
            member_no,
            kind || '-' || group_no as group_key
        from planted, range(planted.group_count) as groups(group_no), range(planted.member_count) as members(member_no)
    ),

    ordinary_counts as (
        select
            account_target - (select count(*) from planted_accounts) as account_count,
            org_count
        from world
    ),

    -- An organisation has two members or more; a few have dozens.
    staff_accounts as (
        select
            'staff' as kind,
            'ordinary' as role,
            org_no as group_no,
            member_no,
            'staff-' || org_no as group_key
        from
            ordinary_counts,
            range(ordinary_counts.org_count) as orgs(org_no),
            range(least(2 + floor(3 * exp(1.1 * normal('org size', org_no))), 60)::bigint) as members(member_no)
    ),

    remaining as (
        select
            greatest(account_count - (select count(*) from staff_accounts), 100) as account_count
        from ordinary_counts
    ),

    people as (
        select
            case when person_no < account_count * 0.22 then 'developer' else 'consumer' end as kind,
            'ordinary' as role,
            person_no as group_no,
            0 as member_no,
            case
                -- The innocent family of some ban evaders: one home, one tablet.
                when account_count - 1 - person_no < evaders.group_count // 4
                then 'home-ban_evader-' || 4 * (account_count - 1 - person_no)
                -- Households: about 1.7 accounts to a home that has any.
                else 'home-' || whole('household', person_no, greatest(account_count * 0.6, 1))
            end as group_key
        from remaining, range(remaining.account_count) as persons(person_no), planted as evaders
        where evaders.kind = 'ban_evader'
    ),

    everyone as (
        from planted_accounts
        union all by name
        from staff_accounts
        union all by name
        from people
    ),

    keyed as (
        select
            *,
            kind || '-' || group_no || '-' || member_no as person_key
        from everyone
    ),

    -- Day of sign-up, counted from the first day of the world.
    signed_up as (
        select
            keyed.*,
            case kind
                when 'distillation_hydra' then 8 + 6 * (group_no % 3) + 21 * u('sign-up', person_key)
                when 'sextortion_script'
                then 14 + 45 * u('ring start', group_key) + 4 * u('sign-up', person_key)
                when 'trafficking_recruitment'
                then 4 + 26 * u('ring start', group_key) + 6 * u('sign-up', person_key)
                when 'ibsa_ring' then 2 + 35 * u('ring start', group_key) + 8 * u('sign-up', person_key)
                when 'harassment_brigade'
                then
                    25 + 40 * u('ring start', group_key)
                    - case when u('is young', person_key) < 0.7 then 12 else 150 end * u('sign-up', person_key) - 1
                -- The second account of an operator comes 1 to 20 days after the ban of the first.
                when 'ban_evader'
                then
                    case member_no
                        when 0 then -10 - 150 * u('sign-up', person_key)
                        else 12 + 45 * u('ban', group_key) + 1 + 19 * u('return', group_key)
                    end
                when 'hackathon'
                then 20 + 7 * (group_no % 6) + 1.8 * u('sign-up', person_key)
                when 'university_nat' then -300 + 330 * u('sign-up', person_key)
                when 'fiction_writers' then -400 + 460 * u('sign-up', person_key)
                when 'victims_seeking_help' then -30 + 95 * u('sign-up', person_key)
                when 'evaluation_team' then -200 + 60 * u('sign-up', person_key)
                when 'contracted_reseller' then -200 + 100 * u('sign-up', person_key)
                when 'outreach_agency' then -180 + 120 * u('sign-up', person_key)
                when 'staff' then -500 + 400 * u('org start', group_key) + 150 * u('sign-up', person_key)
                else
                    case when u('is new', person_key) < 0.35 then world.days * u('sign-up', person_key)
                        else -600 * u('sign-up', person_key)
                    end
            end as sign_up_day,
            world.begins_at,
            world.ends_at
        from keyed, world
    ),

    dated as (
        select
            * exclude (sign_up_day, begins_at, ends_at),
            least(after_days(begins_at, sign_up_day), ends_at - interval 2 day) as created_at
        from signed_up
    ),

    living as (
        select
            dated.*,
            countries.country as own_country,
            row_number() over (order by created_at, person_key) as account_no
        from dated
        join countries
            on whole(
                'country',
                -- One country per group of people who know each other.
                case when role = 'ordinary' and kind <> 'staff' or kind in ('fiction_writers', 'victims_seeking_help')
                    then person_key else group_key end,
                100
            ) between countries.lower_bound and countries.upper_bound - 1
    )

select
    account_no,
    'acc_' || lpad(account_no::varchar, 7, '0') as account_id,
    kind,
    role,
    group_no,
    member_no,
    group_key,
    person_key,
    created_at,
    own_country as country,
    countries.utc_offset,
    countries.language,
    case when kind in ('staff', 'evaluation_team', 'contracted_reseller', 'outreach_agency') then group_key
        when kind = 'university_nat' and u('is programme member', person_key) < 0.5 then group_key
    end as org_key
from living
join countries on countries.country = living.own_country
order by account_no;
