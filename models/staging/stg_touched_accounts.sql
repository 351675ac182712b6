{{ config(materialized="table") }}
{#
    What incremental models go by. A new request changes what is said of its account on its day and later: gaps
    reach back to the requests before, windows to the days before, nothing reaches ahead. What is known of the
    account itself changes all its days. A release changes which model is the newest, from then on, and what is
    said of the requests of its own.
#}
with

    request_days as (
        select account_id, min({{ day_of("occurred_at") }}) as requests_from
        from {{ new_rows("requests") }} as requests
        group by account_id
    ),

    new_accounts as (
        select account_id, count(*) as version_count
        from {{ new_rows("accounts") }} as accounts
        group by account_id
    ),

    new_releases as (
        select model_version, recorded_at, true as is_new
        from {{ new_rows("model_releases") }} as model_releases
    ),

    new_organizations as (
        select org_id, count(*) as version_count
        from {{ new_rows("organizations") }} as organizations
        group by org_id
    ),

    -- A new version that says the same of what features read touches nothing.
    changed_accounts as (
        select account_id
        from {{ source("raw", "accounts") }}
        inner join new_accounts using (account_id)
        group by account_id
        having count(distinct created_at) > 1 or count(*) = any_value(new_accounts.version_count)
    ),

    changed_organizations as (
        select org_id
        from {{ source("raw", "organizations") }}
        inner join new_organizations using (org_id)
        group by org_id
        having
            count(distinct kyc_status) > 1 or count(*) = any_value(new_organizations.version_count)
    ),

    -- What is known now beside what was known before.
    release_versions as (
        select
            model_version,
            {{ last_by("released_at", ["recorded_at"]) }} as released_at,
            {{ last_by("released_at", ["recorded_at"], where="is_new is null") }}
            as known_released_at
        from {{ source("raw", "model_releases") }}
        left join new_releases using (model_version, recorded_at)
        group by model_version
    ),

    changed_releases as (
        select model_version, least(released_at, known_released_at) as released_at
        from release_versions
        where released_at is distinct from known_released_at
    ),

    first_release as (select released_at from changed_releases order by released_at limit 1),

    released_to as (
        select requests.account_id, requests.occurred_at
        from {{ source("raw", "requests") }} as requests
        inner join first_release on requests.occurred_at >= first_release.released_at
        union all
        select requests.account_id, requests.occurred_at
        from {{ source("raw", "requests") }} as requests
        inner join changed_releases using (model_version)
    ),

    released_days as (
        select account_id, min({{ day_of("occurred_at") }}) as requests_from
        from released_to
        group by account_id
    ),

    touched as (
        select account_id, requests_from, requests_from as from_date
        from request_days
        union all
        select account_id, requests_from, requests_from
        from released_days
        union all
        select account_id, null, date '0001-01-01'
        from changed_accounts
        union all
        select account_id, null, date '0001-01-01'
        from {{ new_rows("memberships") }} as memberships
        union all
        select memberships.account_id, null, date '0001-01-01'
        from {{ source("raw", "memberships") }} as memberships
        inner join changed_organizations using (org_id)
    )

select account_id, min(requests_from) as requests_from, min(from_date) as from_date
from touched
group by account_id
