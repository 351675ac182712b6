with

    contact_requests as (
        select
            contact_hmac,
            date_trunc('week', activity_date)::date as week_starts_on,
            account_id,
            occurred_at,
            task_label,
            place_code,
            language,
            template_hash
        from {{ ref("int_requests") }}
        where contact_hmac is not null and account_id is not null
    ),

    verified_contacts as (
        select contact_requests.contact_hmac, contact_requests.week_starts_on, true as is_verified
        from contact_requests
        inner join
            {{ ref("int_verified_memberships") }} as memberships
            on contact_requests.account_id = memberships.account_id
            and contact_requests.occurred_at >= memberships.from_at
            and coalesce(contact_requests.occurred_at < memberships.to_at, true)
        group by contact_requests.contact_hmac, contact_requests.week_starts_on
    ),

    contact_weeks as (
        select
            contact_hmac,
            week_starts_on,
            count(distinct account_id) as account_count,
            count(*) as request_count,
            count(*) filter (where task_label = 'recruitment_ad') as recruitment_count,
            count(distinct place_code) as place_count,
            count(distinct language) as language_count,
            count(distinct template_hash) as template_count,
            {{ sorted_values("account_id") }} as accounts,
            min(occurred_at) as first_at,
            max(occurred_at) as last_at
        from contact_requests
        group by contact_hmac, week_starts_on
    )

select
    contact_hmac,
    week_starts_on,
    contact_weeks.account_count,
    contact_weeks.request_count,
    contact_weeks.recruitment_count,
    contact_weeks.place_count,
    contact_weeks.language_count,
    contact_weeks.template_count,
    contact_weeks.accounts,
    coalesce(verified_contacts.is_verified, false) as is_verified_org,
    contact_weeks.first_at,
    contact_weeks.last_at
from contact_weeks
left join verified_contacts using (contact_hmac, week_starts_on)
