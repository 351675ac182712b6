-- What the identity and billing systems hold.
create table out_accounts as
select
    account_id,
    roster.created_at,
    'active' as status,
    case when habits.api_share > 0.5 then 'api' else 'chat' end as surface_signup,
    hmac('email', roster.person_key) as email_hmac,
    email_domain,
    email_pattern,
    case when phone_key is not null then hmac('phone', phone_key) end as phone_hmac,
    case
        when roster.kind = 'distillation_hydra'
        then list_extract(['US', 'DE', 'GB', 'CA', 'FR', 'AU'], 1 + whole('declared', roster.person_key, 6))
        when u('tells a country', roster.person_key) < 0.9 then roster.country
    end as declared_country,
    case
        when roster.org_key is not null then '25-plus'
        when u('age', roster.person_key) < 0.35 then 'unknown'
        when u('age', roster.person_key) < 0.39 then '16-17'
        when u('age', roster.person_key) < 0.41 then '13-15'
        when u('age', roster.person_key) < 0.65 then '18-24'
        else '25-plus'
    end as age_band,
    case
        when roster.kind = 'evaluation_team' then 'document'
        when roster.kind = 'university_nat' and roster.org_key is not null then 'programme'
        when phone_key is not null and u('verified', roster.person_key) < 0.7 then 'phone'
        when u('verified', roster.person_key) < 0.93 then 'email'
        else 'none'
    end as verification,
    -- Whoever invites was there before: the number of an earlier account.
    case
        when referral = 'outside' and account_no > 20
        then 'acc_' || lpad((1 + whole('inviter', roster.person_key, account_no - 10))::varchar, 7, '0')
        when referral = 'inside' and earlier_id is not null then earlier_id
    end as referral_account_id,
    null::timestamptz as deleted_at,
    roster.created_at + interval 20 second as recorded_at,
    'identity' as source_system
from
    (
        select
            *,
            lag(account_id) over (partition by group_key order by account_no) as earlier_id
        from roster
    ) as roster
join account_keys using (account_no, kind, person_key, country)
join habits using (account_no, kind, person_key);

create table out_api_keys as
select
    'key_' || lpad(account_no::varchar, 7, '0') as api_key_id,
    orgs.org_id,
    account_id as created_by,
    roster.created_at + interval 4 minute as created_at,
    null::timestamptz as revoked_at,
    roster.created_at + interval 5 minute as recorded_at,
    'platform' as source_system
from roster
join habits using (account_no)
left join orgs using (org_key)
where habits.api_share + habits.mcp_share > 0;

create table out_payment_instruments as
with

    payers as (
        select
            roster.account_id,
            null::varchar as org_id,
            payment_key,
            roster.kind,
            roster.country,
            roster.person_key,
            roster.created_at + to_minutes(3 + whole('adds a card', roster.person_key, 2000)) as added_at
        from roster
        join account_keys using (account_no)
        where payment_key is not null
        union all by name
        select
            org_id,
            'org|' || org_key as payment_key,
            'org' as kind,
            'US' as country,
            org_key as person_key,
            created_at + interval 1 day as added_at
        from orgs
    )

select
    'pay_' || substr(hmac('instrument', person_key), 1, 14) as instrument_id,
    org_id,
    account_id,
    hmac('payment', payment_key) as fingerprint_hmac,
    case
        when kind = 'org' then 'bank'
        when u('pays with', payment_key) < 0.75 then 'card'
        when u('pays with', payment_key) < 0.93 then 'wallet'
        when u('pays with', payment_key) < 0.97 then 'voucher'
        else 'crypto'
    end as kind,
    country as issuer_country,
    case when kind = 'card' then u('prepaid', payment_key) < case when payers.kind in ('distillation_hydra', 'sextortion_script', 'trafficking_recruitment') then 0.7 else 0.06 end end as prepaid,
    added_at,
    added_at + interval 10 second as recorded_at,
    'billing' as source_system
from payers, world
where added_at < world.ends_at;

create table out_devices as
select
    device_id,
    fingerprint_hmac,
    platform,
    first_seen_at,
    first_seen_at + interval 30 second as recorded_at,
    'identity' as source_system
from devices;

create table out_model_releases as
select
    model_version,
    releases.released_at,
    'model_launch' as owner,
    releases.released_at as recorded_at,
    'release_desk' as source_system
from
    world,
    (
        select 'model-a' as model_version, begins_at - interval 300 day as released_at from world
        union all
        select 'model-b', begins_at - interval 120 day from world
        union all
        select 'model-c', world.released_at from world
    ) as releases(model_version, released_at);
