-- One row per account: how it behaves, in numbers that the traffic draws from.
create table habit_rules as
select *
from
    (
        values
            -- rate null = drawn below; spread in hours, 12 or more = around the clock
            ('distillation_hydra', null, 0.97, 1.0, 12.0, 3, 2.0, 2.0, 0.9, 0.0),
            ('sextortion_script', 3.0, 0.5, 1.0, 2.5, 4, 12.0, 2.0, 0.0, 0.0),
            ('trafficking_recruitment', 3.0, 0.5, 0.9, 2.5, 3, 12.0, 2.0, 0.0, 0.0),
            ('ibsa_ring', 3.0, 0.5, 1.1, 3.0, 4, 12.0, 2.0, 0.0, 0.0),
            ('harassment_brigade', 2.5, 0.4, 1.1, 3.0, 4, 12.0, 2.0, 0.0, 0.0),
            ('ban_evader', 6.0, 0.7, 0.9, 1.6, 6, 10.0, 3.0, 0.0, 0.0),
            ('evaluation_team', null, 0.7, 0.8, 12.0, 40, 6.0, 2.5, 1.0, 0.0),
            ('contracted_reseller', null, 0.95, 0.9, 12.0, 6, 4.0, 2.0, 1.0, 0.0),
            ('university_nat', null, 0.35, 0.5, 2.8, 4, 15.0, 2.0, 0.05, 0.0),
            ('hackathon', 14.0, 0.9, 1.3, 4.0, 8, 10.0, 3.0, 0.8, 0.1),
            ('outreach_agency', 8.0, 0.7, 0.2, 2.0, 5, 10.0, 2.0, 0.3, 0.0),
            ('fiction_writers', 3.5, 0.5, 1.2, 2.6, 6, 25.0, 2.0, 0.0, 0.0),
            ('victims_seeking_help', 2.0, 0.25, 1.0, 3.0, 4, 12.0, 2.0, 0.0, 0.0),
            ('staff', null, 0.65, 0.15, null, 8, 8.0, null, 0.55, 0.08),
            ('developer', null, null, 0.75, null, null, null, null, 0.93, 0.04),
            ('consumer', null, 0.3, 0.85, 2.6, 4, 14.0, 2.0, 0.02, 0.0)
    ) as rules(
        kind, rate, active_share, weekend_factor, hour_spread, burst_size, burst_minutes, gap_power, api_share, mcp_share
    );

create table drawn_habits as
select
    roster.account_no,
    roster.kind,
    roster.role,
    roster.person_key,
    roster.group_key,
    roster.group_no,
    roster.member_no,
    roster.created_at,
    roster.utc_offset,
    -- Weight among the ordinary: the tail of developers is as heavy as that of real API clients.
    case roster.kind
        when 'developer' then least(exp(1.9 * normal('weight', roster.person_key)), 120)
        when 'staff' then least(exp(1.2 * normal('weight', roster.person_key)), 60)
        when 'consumer' then least(exp(0.9 * normal('weight', roster.person_key)), 20)
    end::decimal(18, 6) as weight,
    greatest(roster.created_at + interval 10 minute, world.begins_at) as active_from,
    least(
        world.ends_at,
        case roster.kind
            when 'sextortion_script' then after_days(roster.created_at, 26)
            when 'trafficking_recruitment' then after_days(roster.created_at, 52)
            when 'ibsa_ring' then after_days(roster.created_at, 50)
            when 'hackathon' then after_days(roster.created_at, 3 + 2 * u('stays', roster.person_key))
            -- The first account of a ban evader stops at the ban (12 + 45 u days in).
            when 'ban_evader'
            then
                case when roster.member_no = 0
                    then after_days(world.begins_at, 12 + 45 * u('ban', roster.group_key))
                    else world.ends_at
                end
            -- Some leave, and their accounts with them.
            when 'consumer'
            then
                case when u('leaves', roster.person_key) < 0.02
                    then
                        after_days(
                            greatest(roster.created_at, world.begins_at),
                            1 + u('left', roster.person_key) * date_diff('day', greatest(roster.created_at, world.begins_at), world.ends_at)
                        )
                    else world.ends_at
                end
            else world.ends_at
        end
    ) as active_to,
    coalesce(
        rules.active_share,
        -- Small clients come now and then, large ones every day.
        greatest(0.15, least(0.98, 0.45 + 0.2 * normal('weight', roster.person_key)))
    ) as active_share,
    rules.weekend_factor,
    rules.rate as rule_rate,
    rules.hour_spread,
    rules.burst_size,
    rules.burst_minutes,
    rules.gap_power,
    rules.api_share,
    rules.mcp_share
from roster
cross join world
join habit_rules as rules on rules.kind = roster.kind;

create table habits as
with

    rated as (
        select
            drawn_habits.*,
            coalesce(
                rule_rate,
                case kind
                    when 'distillation_hydra' then world.hydra_rate
                    when 'evaluation_team' then world.evaluation_rate
                    when 'contracted_reseller' then world.reseller_rate
                    when 'university_nat' then world.campus_rate
                end
            ) as planted_rate,
            greatest(0.5, date_diff('hour', active_from, active_to) / 24.0) * active_share as active_days
        from drawn_habits, world
    ),

    planted_total as (
        select sum((planted_rate * active_days)::decimal(18, 3)) as requests from rated where planted_rate is not null
    ),

    -- What the planted leave of the target goes to developers, staff and consumers, 50 : 28 : 22.
    weights as (
        select
            kind,
            sum((weight * active_days)::decimal(24, 6)) as total_weight
        from rated
        where weight is not null
        group by kind
    ),

    scaled as (
        select
            rated.*,
            coalesce(
                planted_rate,
                weight
                * greatest(world.request_target - planted_total.requests, world.request_target * 0.45)
                * case rated.kind when 'developer' then 0.50 when 'staff' then 0.28 else 0.22 end
                / weights.total_weight
            )::double as rate
        from rated
        cross join world
        cross join planted_total
        left join weights on weights.kind = rated.kind
    )

select
    account_no,
    kind,
    role,
    person_key,
    group_key,
    group_no,
    member_no,
    created_at,
    active_from,
    active_to,
    -- Set when an action takes effect, and when it is undone (15_stops.sql).
    null::timestamptz as paused_from,
    null::timestamptz as paused_to,
    active_share,
    weekend_factor,
    rate,
    kind in ('distillation_hydra', 'contracted_reseller') as is_even,
    -- Local waking hours, seen from UTC.
    (
        case kind when 'staff' then 13 when 'developer' then 14 when 'outreach_agency' then 13
            when 'university_nat' then 16 else 18 end
        + case when kind = 'ban_evader' then 4 * (u('hour', group_key) - 0.5) else 6 * (u('hour', person_key) - 0.5) end
        - utc_offset + 48
    ) % 24 as hour_centre,
    coalesce(
        hour_spread,
        -- Jobs run at fixed hours; the more volume, the flatter the clock (0.75 hours at a thousand
        -- requests, 1.5 at ten thousand, 3 at a hundred thousand, around the clock at three million).
        case
            when rate * active_share * 92 > 3000000 then 12
            else least(
                0.75 * pow(greatest(rate * active_share * 92, 20) / 1000, 0.29) * exp(0.65 * normal('spread', person_key)), 11
            )
        end
    ) as hour_spread,
    coalesce(
        burst_size,
        greatest(4, floor(10 * exp(1.0 * normal('burst', person_key)) * pow(greatest(rate, 1), 0.45)))
    )::bigint as burst_size,
    coalesce(burst_minutes, 4 + 16 * u('burst length', person_key)) as burst_minutes,
    coalesce(
        gap_power,
        case
            when u('regular', person_key) < 0.14 then 0
            when u('regular', person_key) < 0.30 then 1
            when u('regular', person_key) < 0.60 then 1.3 + 3.2 * u('gaps', person_key)
            else 6 + 16 * u('gaps', person_key)
        end
    ) as gap_power,
    api_share,
    mcp_share
from scaled
order by account_no;
