with

    sightings as (
        select ip_prefix_hmac, asn, ip_type, account_id
        from {{ ref("stg_logins") }}
        union all
        select ip_prefix_hmac, asn, null as ip_type, account_id
        from {{ ref("int_requests") }}
    ),

    sighting_counts as (
        select ip_prefix_hmac, asn, ip_type, account_id, count(*) as sighting_count
        from sightings
        where ip_prefix_hmac is not null
        group by ip_prefix_hmac, asn, ip_type, account_id
    ),

    type_counts as (
        select ip_prefix_hmac, asn, ip_type, sum(sighting_count)::bigint as sighting_count
        from sighting_counts
        group by ip_prefix_hmac, asn, ip_type
    ),

    asn_type_counts as (
        select asn, ip_type, sum(sighting_count)::bigint as sighting_count
        from type_counts
        group by asn, ip_type
    ),

    asns as (
        select asn, {{ last_by("ip_type", ["sighting_count", "ip_type"]) }} as ip_type
        from asn_type_counts
        group by asn
    ),

    prefixes as (
        select
            ip_prefix_hmac,
            {{ last_by("asn", ["sighting_count", "asn"]) }} as asn,
            {{ last_by("ip_type", ["sighting_count", "ip_type"]) }} as ip_type,
            sum(sighting_count)::bigint as sighting_count
        from type_counts
        group by ip_prefix_hmac
    ),

    prefix_accounts as (
        select ip_prefix_hmac, count(distinct account_id) as account_count
        from sighting_counts
        group by ip_prefix_hmac
    )

select
    ip_prefix_hmac,
    asn,
    coalesce(prefixes.ip_type, asns.ip_type) as ip_type,
    prefix_accounts.account_count,
    prefixes.sighting_count
from prefixes
inner join prefix_accounts using (ip_prefix_hmac)
left join asns using (asn)
