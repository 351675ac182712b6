with

    figures as (
        select
            publisher,
            report,
            breakdown,
            period_starts_on,
            period_ends_on,
            unnest(map_entries(figures::map(varchar, varchar))) as figure,
            recorded_at
        from {{ ref("stg_published_figures") }}
    )

select
    publisher,
    report,
    figure.key as series,
    breakdown,
    period_starts_on,
    period_ends_on,
    figure.value as printed,

    case
        when regexp_full_match(replace(figure.value, ',', ''), '-?[0-9]+([.][0-9]+)?')
        then replace(figure.value, ',', '')::double
        when regexp_full_match(figure.value, '[0-9]+([.][0-9]+)?%')
        then round(replace(figure.value, '%', '')::double / 100, 12)
    end as value,
    case
        when period_ends_on = (period_starts_on + interval 1 month)::date
        then 'month'
        when period_ends_on = (period_starts_on + interval 3 month)::date
        then 'quarter'
        when period_ends_on = (period_starts_on + interval 6 month)::date
        then 'half-year'
        when period_ends_on = (period_starts_on + interval 12 month)::date
        then 'year'
        else 'other'
    end as period_kind,
    recorded_at
from figures
order by publisher, report, series, breakdown, period_starts_on, period_ends_on
