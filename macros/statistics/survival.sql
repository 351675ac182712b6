{#
    Kaplan–Meier's estimate of how long things take when some have not ended yet. A row of `relation`
    is one item: `duration` until it ended, or until it was last seen open, which `is_censored` says.
    One row per group of `by` and duration comes out. The standard error is Greenwood's; the
    interval (95 %) is taken on the log-log scale, as lifelines and R's survfit(conf.type = "log-log") do,
    and is unknown once nobody is left. Rounded to 12 places, so that a share of exactly one half is
    found as one half.

        waits as ({{ kaplan_meier("tasks", "turnaround_hours", "is_open", by=["queue_id"]) }})
        -- queue_id, duration, at_risk_count, event_count,
        -- survival, survival_std_error, survival_low, survival_high
#}
{% macro kaplan_meier(relation, duration, is_censored, by=[]) -%}
    {%- set group = by | join(", ") ~ ", " if by else "" -%}
    {%- set partition = "partition by " ~ by | join(", ") if by else "" -%}
    with

        _ends as (
            select
                {{ group }} {{ duration }} as duration,
                count(*) as leaving_count,
                count(*) filter (where not {{ is_censored }}) as event_count
            from {{ relation }}
            where {{ duration }} is not null
            group by all
        ),

        _risks as (
            select
                *,
                sum(leaving_count) over ({{ partition }} order by duration desc)::bigint
                as at_risk_count
            from _ends
        ),

        _steps as (
            select
                *,
                round(
                    product((at_risk_count - event_count) / at_risk_count) over (
                        {{ partition }} order by duration
                    ),
                    12
                ) as survival,
                sqrt(
                    sum(
                        event_count
                        / nullif(at_risk_count::double * (at_risk_count - event_count), 0)
                    ) over ({{ partition }} order by duration)
                ) as relative_std_error
            from _risks
        )

    select
        {{ group }} duration,
        at_risk_count,
        event_count,
        survival,
        round(
            case when survival > 0 then survival * relative_std_error end, 12
        ) as survival_std_error,
        case
            when survival = 1
            then 1
            when survival > 0
            then
                round(
                    survival ^ exp(-1.959963984540054::double * relative_std_error / ln(survival)),
                    12
                )
        end as survival_low,
        case
            when survival = 1
            then 1
            when survival > 0
            then
                round(
                    survival ^ exp(1.959963984540054::double * relative_std_error / ln(survival)),
                    12
                )
        end as survival_high
    from _steps
{%- endmacro %}


{#
    The time by which a share of the items has ended: the first at which Kaplan–Meier's survival is not
    above the rest. Null when it never comes so far. Groups as the query does. With `survival_low` or
    `survival_high` in place of `survival` it is the lower or the upper end of Brookmeyer and Crowley's
    interval (Biometrics 38, 1982).

        {{ survival_quantile(0.95) }}
        -- min(duration) filter (where survival <= 0.05)
#}
{% macro survival_quantile(share, survival="survival") -%}
    min(duration) filter (where {{ survival }} <= {{ (1 - share) | round(12) }})
{%- endmacro %}
