{# Weeks are counted back from the snapshot's day, so that the last one is whole. #}
with

    -- Of few days, and not of all requests, for the sake of the arithmetic.
    days as (
        select
            activity_date,
            {{ week_from("activity_date", "int_snapshot_clock.as_of::date") }} as week_starts_on
        from (select distinct activity_date from {{ ref("int_requests") }}) as request_days
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where activity_date < int_snapshot_clock.as_of::date
    ),

    -- One row per account and combination of traits in a week: everything below counts accounts.
    account_weeks as (
        select
            requests.account_id,
            requests.surface,
            requests.task_label,
            requests.language,
            requests.country,
            requests.client,
            days.week_starts_on,
            count(*) as request_count
        from {{ ref("int_requests") }} as requests
        inner join days using (activity_date)
        where requests.account_id is not null
        group by
            requests.account_id,
            requests.surface,
            requests.task_label,
            requests.language,
            requests.country,
            requests.client,
            days.week_starts_on
    ),

    template_weeks as (
        select
            requests.account_id,
            requests.surface,
            requests.template_hash,
            days.week_starts_on,
            count(*) as request_count
        from {{ ref("int_requests") }} as requests
        semi join
            {{ ref("int_templates") }} as templates
            on requests.template_hash = templates.template_hash
            and templates.account_count > 1
        inner join days using (activity_date)
        where requests.account_id is not null
        group by requests.account_id, requests.surface, requests.template_hash, days.week_starts_on
    ),

    -- Each kind by itself: together, every account's week would be hashed once more for each.
    pattern_weeks as (
        {% for pattern_type, pattern in {
            "task label": "task_label",
            "label and language": "task_label || ' in ' || language",
            "country": "country",
            "client": "client",
        }.items() %}
            select
                week_starts_on,
                surface,
                '{{ pattern_type }}' as pattern_type,
                {{ pattern }} as pattern,
                count(distinct account_id) as account_count,
                sum(request_count)::bigint as request_count
            from account_weeks
            where {{ pattern }} is not null
            group by week_starts_on, surface, {{ pattern }}
            union all
        {% endfor %}
        select
            week_starts_on,
            surface,
            'template' as pattern_type,
            template_hash as pattern,
            count(*) as account_count,
            sum(request_count)::bigint as request_count
        from template_weeks
        group by week_starts_on, surface, template_hash
    ),

    totals as (
        select week_starts_on, surface, count(distinct account_id) as active_account_count
        from account_weeks
        group by week_starts_on, surface
    )

select
    week_starts_on,
    surface,
    pattern_weeks.pattern_type,
    pattern_weeks.pattern,
    pattern_weeks.account_count,
    pattern_weeks.request_count,
    totals.active_account_count
from pattern_weeks
inner join totals using (week_starts_on, surface)
order by week_starts_on, surface, pattern_weeks.pattern_type, pattern_weeks.pattern
