{% set weeks = 4 %}

with

    recent as (
        select
            signal_weeks.signal_id,
            - floor(
                date_diff('day', signal_weeks.week_starts_on, int_snapshot_clock.as_of::date) / 7
            )::bigint as week_no,
            signal_weeks.settled_count,
            signal_weeks.confirmed_count
        from {{ ref("signal_weeks") }} as signal_weeks
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where signal_weeks.week_starts_on >= int_snapshot_clock.as_of::date - {{ 7 * weeks }}
    ),

    -- Ordinary least squares of each settled hit (1 confirmed, 0 not) on its week, from whole
    -- numbers.
    sums as (
        select
            signal_id,
            count(*) filter (where settled_count > 0) as week_count,
            sum(settled_count)::bigint as settled_count,
            sum(confirmed_count)::bigint as confirmed_count,
            sum(settled_count * week_no)::double as x_sum,
            sum(settled_count * week_no * week_no)::double as xx_sum,
            sum(confirmed_count * week_no)::double as xy_sum
        from recent
        group by signal_id
    ),

    lines as (
        select
            *,
            xx_sum - x_sum ^ 2 / nullif(settled_count, 0) as x_spread,
            xy_sum - x_sum * confirmed_count / nullif(settled_count, 0) as xy_spread,
            confirmed_count - confirmed_count ^ 2 / nullif(settled_count, 0) as y_spread
        from sums
    ),

    slopes as (
        select
            *,
            xy_spread / nullif(x_spread, 0) as slope,
            -- Points that lie on a line do not tell how far others would lie off it.
            nullif(
                sqrt(
                    greatest(0, y_spread - xy_spread ^ 2 / nullif(x_spread, 0))
                    / nullif(settled_count - 2, 0)
                    / nullif(x_spread, 0)
                ),
                0
            ) as std_error
        from lines
    )

select
    signal_definitions.signal_id,
    signal_definitions.version,
    coalesce(slopes.week_count, 0) as week_count,
    coalesce(slopes.settled_count, 0) as settled_count,
    coalesce(slopes.confirmed_count, 0) as confirmed_count,
    round(slopes.slope, 12) as decay_slope,
    round(slopes.slope - 1.959963984540054::double * slopes.std_error, 12) as decay_slope_low,
    round(slopes.slope + 1.959963984540054::double * slopes.std_error, 12) as decay_slope_high,
    coalesce(slopes.slope + 1.959963984540054::double * slopes.std_error < 0, false) as is_decaying
from {{ ref("signal_definitions") }} as signal_definitions
left join slopes using (signal_id)
order by signal_definitions.signal_id
