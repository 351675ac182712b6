with

    figures as (
        select publisher, series, breakdown, period_kind, period_starts_on, period_ends_on, value
        from {{ ref("published_figures") }}
        where value is not null and period_kind in ('month', 'quarter', 'half-year', 'year')
    ),

    years as (select * from figures where period_kind = 'year'),

    sums as (
        select
            years.publisher,
            years.series,
            years.breakdown,
            years.period_starts_on,
            years.period_ends_on,
            years.value as printed_total,
            parts.period_kind as part_kind,
            count(*) as part_count,
            sum(parts.value::decimal(38, 6))::double as sum_of_parts
        from years
        inner join
            figures as parts
            on years.publisher = parts.publisher
            and years.series = parts.series
            and years.breakdown = parts.breakdown
            and parts.period_kind <> 'year'
            and parts.period_starts_on >= years.period_starts_on
            and parts.period_ends_on <= years.period_ends_on
        group by
            years.publisher,
            years.series,
            years.breakdown,
            years.period_starts_on,
            years.period_ends_on,
            years.value,
            parts.period_kind
    )

select
    publisher,
    series,
    breakdown,
    period_starts_on,
    period_ends_on,
    part_kind,
    part_count,
    part_count
    = case part_kind when 'month' then 12 when 'quarter' then 4 else 2 end as is_complete,
    sum_of_parts,
    printed_total,
    sum_of_parts - printed_total as difference
from sums
order by publisher, series, breakdown, period_starts_on, part_kind
