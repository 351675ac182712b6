{#
    How much the rates of small units should lean on the rate of all: a beta prior from the units' own counts.
    A row of `relation` is one unit. The spread between units beyond what chance gives is found by moments
    (Kleinman, JASA 68, 1973: weights are the units' counts); without any, `prior_count` is the count of all, and
    every unit is taken to be alike. Half a case is added, so that a mean of 0 or 1 leaves room. A unit's shrunk rate is
    (part + prior_count * prior_mean) / (whole + prior_count). Sums are of decimals: their order leaves no trace.

        prior as ({{ beta_prior("reviewers", "error_count", "checked_count", by=["queue_id"]) }})
        -- queue_id, unit_count, prior_mean, prior_count
#}
{% macro beta_prior(relation, part, whole, by=[]) -%}
    {%- set group = by | join(", ") ~ ", " if by else "" -%}
    {%- set partition = "partition by " ~ by | join(", ") if by else "" -%}
    with

        _units as (
            select
                {{ group }} ({{ part }})::double as part,
                ({{ whole }})::double as whole,
                sum(({{ part }})::decimal(38, 18)) over ({{ partition }})::double
                / sum(({{ whole }})::decimal(38, 18)) over ({{ partition }})::double as mean
            from {{ relation }}
            where {{ whole }} > 0
        ),

        _spreads as (
            select
                {{ group }}
                mean,
                count(*) as unit_count,
                sum(part::decimal(38, 18))::double as part,
                sum(whole::decimal(38, 18))::double as whole,
                sum((whole * (part / whole - mean) ^ 2)::decimal(38, 18))::double
                / nullif(mean * (1 - mean), 0)
                - (count(*) - 1) as excess,
                sum(whole::decimal(38, 18))::double
                - sum((whole ^ 2)::decimal(38, 12))::double / sum(whole::decimal(38, 18))::double
                - (count(*) - 1) as excess_if_all_differ
            from _units
            group by {{ group }} mean
        )

    select
        {{ group }}
        unit_count,
        (part + 0.5) / (whole + 1) as prior_mean,
        case
            when excess > 0 and excess_if_all_differ > 0
            then least(whole, greatest(0, excess_if_all_differ / excess - 1))
            else whole
        end as prior_count
    from _spreads
{%- endmacro %}
