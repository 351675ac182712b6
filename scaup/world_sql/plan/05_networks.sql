-- One row per network prefix that anybody uses.
create table networks as
with

    used as (
        select network_a as network_key, country from account_keys
        union all
        select network_b, country from account_keys
        union all
        select network_c, country from account_keys
    ),

    grouped as (
        select
            network_key,
            case
                when network_key like 'mobile-%' or network_key like 'cafe-%' then split_part(network_key, '-', 2)
                -- Proxies and exits stand where hosting is cheap.
                when network_key like 'proxy-%' or network_key like 'vpn-%' or network_key like 'cloud-%'
                then list_extract(['US', 'DE', 'GB', 'US', 'CA', 'FR'], 1 + whole('hosting country', network_key, 6))
                else min(country)
            end as country,
            case
                when network_key like 'mobile-%' then 'mobile'
                when network_key like 'proxy-%' or network_key like 'cloud-%' then 'hosting'
                when network_key like 'vpn-%' then 'vpn'
                when network_key like 'campus-%' then 'education'
                when network_key like 'office-%' or network_key like 'venue-%' or network_key like 'cafe-%' then 'business'
                else 'residential'
            end as ip_type
        from used
        group by network_key
    )

select
    row_number() over (order by network_key) as network_no,
    network_key,
    grouped.country,
    ip_type,
    substr(hmac('prefix', network_key), 1, 32) as ip_prefix_hmac,
    -- Private-use autonomous system numbers (RFC 6996).
    4200000000
    + case ip_type
        when 'residential' then 1000 when 'mobile' then 2000 when 'business' then 3000
        when 'education' then 4000 when 'hosting' then 5000 else 6000
    end
    + case ip_type
        when 'residential' then 8 * countries.country_no + whole('provider', network_key, 4)
        when 'mobile' then 8 * countries.country_no + whole('provider', network_key, 3)
        when 'business' then 8 * countries.country_no + whole('provider', network_key, 3)
        when 'education' then 8 * countries.country_no
        when 'hosting' then whole('provider', network_key, 14)
        else whole('provider', network_key, 5)
    end as asn,
    -- Addresses in use behind the prefix.
    case
        when ip_type = 'residential' then 2
        when ip_type = 'mobile' then 120
        when ip_type = 'education' then 30
        when ip_type = 'hosting' then 4
        else 12
    end as host_count
from grouped
join countries on countries.country = grouped.country
order by network_key;

create table devices as
with
    used as (
        select device_a as device_key, account_no from account_keys
        union all
        select device_b, account_no from account_keys
    )

select
    device_key,
    'dev_' || substr(hmac('device id', device_key), 1, 14) as device_id,
    hmac('device', device_key) as fingerprint_hmac,
    list_extract(['windows', 'windows', 'macos', 'android', 'ios', 'linux'], 1 + whole('platform', device_key, 6)) as platform,
    min(roster.created_at) as first_seen_at
from used
join roster using (account_no)
group by device_key;
