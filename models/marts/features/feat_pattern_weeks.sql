{# Weeks are counted back from the snapshot's day, so that the last one is whole. #}
with

    -- One row per account and combination of traits in a week: everything below counts accounts.
    account_weeks as (
        select
            requests.account_id,
            requests.surface,
            requests.task_label,
            requests.language,
            requests.country,
            requests.client,
            {{ week_from("requests.activity_date", "int_snapshot_clock.as_of::date") }}
            as week_starts_on,
            count(*) as request_count
        from {{ ref("int_requests") }} as requests
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where
            requests.account_id is not null
            and requests.activity_date < int_snapshot_clock.as_of::date
        group by
            requests.account_id,
            requests.surface,
            requests.task_label,
            requests.language,
            requests.country,
            requests.client,
            week_starts_on
    ),

    template_weeks as (
        select
            requests.account_id,
            requests.surface,
            requests.template_hash,
            {{ week_from("requests.activity_date", "int_snapshot_clock.as_of::date") }}
            as week_starts_on,
            count(*) as request_count
        from {{ ref("int_requests") }} as requests
        semi join
            {{ ref("int_templates") }} as templates
            on requests.template_hash = templates.template_hash
            and templates.account_count > 1
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where
            requests.account_id is not null
            and requests.activity_date < int_snapshot_clock.as_of::date
        group by requests.account_id, requests.surface, requests.template_hash, week_starts_on
    ),

    sightings as (
        select
            week_starts_on,
            surface,
            'task label' as pattern_type,
            task_label as pattern,
            account_id,
            request_count
        from account_weeks
        where task_label is not null
        union all
        select
            week_starts_on,
            surface,
            'label and language',
            task_label || ' in ' || language,
            account_id,
            request_count
        from account_weeks
        where task_label is not null and language is not null
        union all
        select week_starts_on, surface, 'country', country, account_id, request_count
        from account_weeks
        where country is not null
        union all
        select week_starts_on, surface, 'client', client, account_id, request_count
        from account_weeks
        where client is not null
        union all
        select week_starts_on, surface, 'template', template_hash, account_id, request_count
        from template_weeks
    ),

    totals as (
        select week_starts_on, surface, count(distinct account_id) as active_account_count
        from account_weeks
        group by week_starts_on, surface
    )

select
    week_starts_on,
    surface,
    pattern_type,
    pattern,
    count(distinct account_id) as account_count,
    sum(request_count)::bigint as request_count,
    any_value(active_account_count) as active_account_count
from sightings
inner join totals using (week_starts_on, surface)
group by week_starts_on, surface, pattern_type, pattern
order by week_starts_on, surface, pattern_type, pattern
