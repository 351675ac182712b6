-- One row: the parameters of this world. Rates are requests per account and active day.
create table world as
select
    getvariable('seed') as seed,
    getvariable('size') as size,
    getvariable('attacker_mix') as attacker_mix,
    getvariable('days') as days,
    timestamptz '2026-03-01 00:00:00+00' as begins_at,
    timestamptz '2026-03-01 00:00:00+00' + to_days(getvariable('days')::integer) as ends_at,
    timestamptz '2026-05-01 09:00:00+00' as released_at,
    sizes.* exclude (size)
from
    (
        values
            ('s', 1500, 55000, 12, 3, 6.0, 12.0, 3.0, 1.5, 1),
            ('m', 12000, 1000000, 90, 6, 25.0, 150.0, 20.0, 4.0, 2),
            ('l', 60000, 10000000, 450, 12, 60.0, 400.0, 50.0, 6.0, 6),
            ('xl', 300000, 100000000, 2200, 24, 110.0, 800.0, 100.0, 8.0, 20)
    ) as sizes(
        size, account_target, request_target, org_count, vpn_prefixes,
        hydra_rate, evaluation_rate, reseller_rate, campus_rate, copies
    )
where sizes.size = getvariable('size');

-- Planted groups: how many of each kind, and how many accounts in each.
create table planted as
select
    kind,
    role,
    case world.size when 's' then groups_s when 'm' then groups_m when 'l' then groups_l else groups_xl end
        as group_count,
    case when kind <> 'distillation_hydra' then members
        when world.size = 's' then 40 when world.size = 'm' then 120 when world.size = 'l' then 200 else 500
    end as member_count
from
    world,
    (
        values
            ('distillation_hydra', 'actor', 40, 1, 1, 2, 4),
            ('sextortion_script', 'actor', 8, 1, 3, 8, 30),
            ('trafficking_recruitment', 'actor', 6, 1, 3, 8, 30),
            ('ibsa_ring', 'actor', 10, 1, 2, 6, 20),
            ('harassment_brigade', 'actor', 15, 1, 3, 8, 30),
            ('ban_evader', 'actor', 2, 12, 24, 80, 300),
            ('evaluation_team', 'lookalike', 6, 1, 3, 10, 40),
            ('contracted_reseller', 'lookalike', 40, 1, 2, 5, 20),
            ('university_nat', 'lookalike', 120, 1, 3, 10, 30),
            ('hackathon', 'lookalike', 60, 1, 3, 10, 30),
            ('outreach_agency', 'lookalike', 5, 1, 3, 10, 30),
            ('fiction_writers', 'lookalike', 20, 1, 2, 6, 20),
            ('victims_seeking_help', 'lookalike', 15, 1, 2, 6, 20)
    ) as kinds(kind, role, members, groups_s, groups_m, groups_l, groups_xl);

-- Where people live: share of accounts, hours from UTC, language.
create table countries as
select
    *,
    sum(weight) over (order by country) - weight as lower_bound,
    sum(weight) over (order by country) as upper_bound,
    row_number() over (order by country) as country_no
from
    (
        values
            ('US', 22, -5.0, 'en'), ('GB', 6, 1.0, 'en'), ('DE', 7, 2.0, 'de'), ('FR', 5, 2.0, 'fr'),
            ('IN', 14, 5.5, 'en'), ('BR', 8, -3.0, 'pt'), ('JP', 6, 9.0, 'ja'), ('KR', 3, 9.0, 'ko'),
            ('NG', 4, 1.0, 'en'), ('PH', 4, 8.0, 'en'), ('MX', 4, -6.0, 'es'), ('ES', 3, 2.0, 'es'),
            ('ID', 3, 7.0, 'id'), ('VN', 2, 7.0, 'vi'), ('PL', 2, 2.0, 'pl'), ('UA', 2, 3.0, 'uk'),
            ('CA', 2, -5.0, 'en'), ('AU', 1, 10.0, 'en'), ('KE', 1, 3.0, 'en'), ('CI', 1, 0.0, 'fr')
    ) as places(country, weight, utc_offset, language);

-- What a client calls itself; popular tuples are shared by thousands of accounts.
create table headers as
select
    header_no,
    family,
    client,
    hmac('header', header_no) as header_hash
from
    (
        select
            header_no,
            case when header_no < 24 then 'app' else 'sdk' end as family,
            case
                when header_no < 10 then 'web/' || (140 + header_no)::varchar
                when header_no < 17 then 'ios/3.' || header_no::varchar
                when header_no < 24 then 'android/3.' || header_no::varchar
                when header_no < 44 then 'python-sdk/1.' || (header_no - 20)::varchar
                when header_no < 56 then 'node-sdk/2.' || (header_no - 40)::varchar
                when header_no < 60 then 'curl/8.' || (header_no - 55)::varchar
                else 'httpx/0.' || (header_no - 40)::varchar
            end as client
        from range(64) as numbers(header_no)
    );
