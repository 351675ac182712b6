-- One row per account: the infrastructure that it uses. Keys are names here; they leave as HMACs.
-- Sharing is innocent more often than not: homes, offices, carriers, VPN exits, family cards.
create table account_keys as
with

    drawn as (
        select
            roster.*,
            u('own card', person_key) as card_draw,
            u('second network', person_key) as network_draw,
            u('family', person_key) as family_draw,
            world.vpn_prefixes,
            world.account_target,
            -- Carriers put some hundreds of subscribers behind one prefix.
            'mobile-' || country || '-' || whole('carrier', person_key, greatest(1, account_target // 600)) as carrier_key,
            planted.member_count
        from roster
        cross join world
        left join planted using (kind)
    )

select
    account_no,
    person_key,
    kind,
    country,
    -- Three networks: the usual one, the second, and the odd one out.
    case kind
        when 'distillation_hydra' then 'proxy-' || group_no || '-' || (member_no // 5)
        when 'university_nat' then 'campus-' || group_no || '-' || (member_no % 2)
        when 'hackathon' then 'venue-' || group_no
        when 'staff' then 'office-' || group_key
        when 'evaluation_team' then 'office-' || group_key
        when 'contracted_reseller' then 'cloud-' || group_key || '-' || (member_no // 10)
        when 'outreach_agency' then 'office-' || group_key
        when 'ban_evader' then 'home-' || group_key
        when 'trafficking_recruitment' then 'house-' || group_key || '-' || (member_no // 3)
        when 'consumer' then group_key
        when 'developer'
        then
            case when u('is hosted', person_key) < 0.55
                then 'cloud-' || whole('server', person_key, greatest(2, account_target // 12))
                else 'desk-' || person_key
            end
        else 'desk-' || person_key
    end as network_a,
    case kind
        when 'distillation_hydra'
        then 'proxy-' || group_no || '-' || ((member_no // 5 + 1) % (member_count // 5))
        when 'ban_evader' then 'home-' || group_key
        when 'sextortion_script' then 'vpn-' || whole('exit', person_key, vpn_prefixes)
        when 'ibsa_ring' then 'vpn-' || whole('exit', person_key, vpn_prefixes)
        when 'contracted_reseller' then 'cloud-' || group_key || '-' || ((member_no // 10 + 1) % 4)
        else carrier_key
    end as network_b,
    case
        when kind = 'distillation_hydra'
        then 'proxy-' || group_no || '-' || ((member_no // 5 + 2) % (member_count // 5))
        when kind = 'ban_evader' and member_no = 0 then carrier_key
        when kind = 'ban_evader' then 'vpn-' || whole('exit', person_key, vpn_prefixes)
        when kind = 'hackathon' then 'desk-' || person_key
        when network_draw < 0.06 then 'vpn-' || whole('exit', person_key, vpn_prefixes)
        when network_draw < 0.30 then 'cafe-' || country || '-' || whole('cafe', person_key, 40)
        else carrier_key
    end as network_c,
    case
        when kind = 'distillation_hydra' then 'hydra-' || group_no || '-' || ((member_no + 3) // 6)
        when kind = 'sextortion_script' then group_key || '-' || (member_no % 2)
        when kind = 'ban_evader' then group_key
        when kind = 'trafficking_recruitment' and member_no < 4 then group_key || '-' || (member_no // 2)
        when kind = 'consumer' and (family_draw < 0.3 or group_key like 'home-ban_evader-%') then group_key || '-tablet'
        else person_key || '-1'
    end as device_a,
    case
        when kind = 'ban_evader' and group_no % 4 = 0 then 'home-' || group_key || '-tablet'
        when kind in ('distillation_hydra', 'sextortion_script', 'ban_evader') then device_a
        when u('second device', person_key) < 0.55 then person_key || '-2'
        else device_a
    end as device_b,
    case
        when kind = 'distillation_hydra' then 'hydra-' || group_no || '-' || (member_no // 8)
        when kind = 'ban_evader' then group_key
        when kind in ('staff', 'evaluation_team', 'contracted_reseller', 'outreach_agency') then null
        when kind = 'trafficking_recruitment' then group_key || '-' || (member_no // 3)
        when kind in ('university_nat', 'hackathon', 'victims_seeking_help', 'harassment_brigade')
        then case when card_draw < 0.1 then person_key end
        when kind = 'consumer' and card_draw < 0.14 then group_key
        when kind = 'consumer' and card_draw > 0.65 then person_key
        when kind = 'consumer' then null
        when card_draw < 0.75 then person_key
    end as payment_key,
    case
        when kind = 'distillation_hydra' then case when card_draw < 0.3 then person_key end
        when kind = 'consumer' and family_draw < 0.03 then group_key
        when u('gives a phone', person_key) < 0.65 then person_key
    end as phone_key,
    case
        when org_key is not null then 'o' || substr(hmac('domain', org_key), 1, 8) || '.example'
        when kind in ('distillation_hydra', 'sextortion_script') and u('cheap mail', person_key) < 0.8
        then 'fastbox.example'
        else
            list_extract(
                [
                    'mail.example', 'mail.example', 'mail.example', 'mail.example', 'post.example', 'post.example',
                    'inbox.example', 'inbox.example', 'web.example', 'fastbox.example'
                ],
                1 + whole('mail', person_key, 10)
            )
    end as email_domain,
    case
        when kind = 'distillation_hydra' then 'aaaaaa9999'
        else
            list_extract(
                ['aaaa.aaaaaa', 'aaaaaaaa', 'a.aaaaaaa', 'aaaaa99', 'aaaaaa9999', 'aaaa_aaaa', 'aaaaa.a', 'aaaaaaaa99'],
                1 + whole('pattern', person_key, 8)
            )
    end as email_pattern,
    -- Popular header tuples first: the square makes the head heavy.
    case
        when kind = 'distillation_hydra' then 62
        when kind in ('developer', 'staff', 'evaluation_team', 'contracted_reseller', 'hackathon')
        then 24 + floor(40 * pow(u('header', case when kind = 'evaluation_team' then group_key else person_key end), 2))
        else floor(24 * pow(u('header', case when kind = 'ban_evader' then group_key else person_key end), 2))
    end::bigint as header_a,
    case
        when kind = 'distillation_hydra' then 62
        when header_a < 24 then floor(24 * pow(u('newer header', person_key), 2))
        else 24 + floor(40 * pow(u('newer header', person_key), 2))
    end::bigint as header_b,
    floor(24 * pow(u('app', case when kind = 'ban_evader' then group_key else person_key end), 2))::bigint as header_app,
    case
        when kind = 'distillation_hydra' and u('is invited', person_key) < 0.4 then 'inside'
        when u('is invited', person_key) < 0.06 then 'outside'
    end as referral
from drawn
order by account_no;
