{#
    Population stability index between two periods, and what it would be without any drift. A row of
    `relation` is one bin with its count in either period; half an item is added to every bin, so that an
    empty one is not infinite. Without drift the index is (1/n + 1/m) times a chi-square of bins − 1 degrees
    of freedom (Yurdakul, Statistical properties of population stability index, 2018): at n = 100 it reaches
    0.18 by chance alone. `psi_p_value` is the probability of an index at least as large without drift.

        drift as ({{ population_stability("bins", "baseline_count", "current_count", by=["classifier_id"]) }})
        -- classifier_id, baseline_count, current_count, bin_count, psi, psi_without_drift, psi_p_value
#}
{% macro population_stability(relation, baseline, current, by=[]) -%}
    {%- set group = by | join(", ") ~ ", " if by else "" -%}
    {%- set partition = "partition by " ~ by | join(", ") if by else "" -%}
    with

        _shares as (
            select
                *,
                ({{ baseline }} + 0.5)
                / sum({{ baseline }} + 0.5) over ({{ partition }}) as _before,
                ({{ current }} + 0.5) / sum({{ current }} + 0.5) over ({{ partition }}) as _after
            from {{ relation }}
        ),

        _indexes as (
            select
                {{ group }}
                sum({{ baseline }})::bigint as baseline_count,
                sum({{ current }})::bigint as current_count,
                count(*) as bin_count,
                sum(((_after - _before) * ln(_after / _before))::decimal(38, 18))::double as psi,
                (1 / nullif(sum({{ baseline }}), 0) + 1 / nullif(sum({{ current }}), 0)) as spread
            from _shares
            group by all
        )

    select
        {{ group }}
        baseline_count,
        current_count,
        bin_count,
        psi,
        spread * (bin_count - 1) as psi_without_drift,
        {{ chi_square_tail("psi / spread", "bin_count - 1") }} as psi_p_value
    from _indexes
{%- endmacro %}
