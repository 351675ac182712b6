with

    reached as (
        select
            date_trunc('month', first_hit_at)::date as month_starts_on,
            list_position(
                ['signal', 'lead', 'case', 'action', 'upheld'], furthest_stage
            ) as furthest_no,
            [first_hit_at, lead_at, case_decided_at, action_at] as stage_times
        from {{ ref("enforcement_funnel") }}
    ),

    stages as (
        select
            reached.month_starts_on,
            stage_no,
            list_extract(['signal', 'lead', 'case', 'action'], stage_no) as stage,
            list_extract(['lead', 'case', 'action', 'upheld'], stage_no) as next_stage,
            reached.furthest_no > stage_no as goes_on,
            case
                when reached.furthest_no > stage_no
                then
                    (
                        epoch_us(list_extract(reached.stage_times, stage_no + 1))
                        - epoch_us(list_extract(reached.stage_times, stage_no))
                    )
                    / 3.6e9::double
            end as dwell_hours
        from reached
        cross join (values (1), (2), (3), (4)) as numbers(stage_no)
        where reached.furthest_no >= stage_no
    ),

    counts as (
        select
            month_starts_on,
            stage_no,
            stage,
            next_stage,
            count(*) as stage_count,
            count(*) filter (where goes_on) as next_count,
            median(dwell_hours) as median_dwell_hours
        from stages
        group by month_starts_on, stage_no, stage, next_stage
    )

select
    month_starts_on,
    stage_no,
    stage,
    next_stage,
    stage_count,
    next_count,
    next_count / stage_count as conversion,
    {{ wilson_low("next_count", "stage_count") }} as conversion_low,
    {{ wilson_high("next_count", "stage_count") }} as conversion_high,
    median_dwell_hours
from counts
order by month_starts_on, stage_no
