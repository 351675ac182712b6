{#
    What a whole is like, from a sample whose items were drawn independently, each with its own known
    probability: the total by Horvitz and Thompson (JASA 47, 1952), the mean by Hájek's ratio of totals, and
    their standard errors. Those of a stratum in which nothing, or everything, was found are zero, which is not
    what is known about it. `effective_count`, the size of a simple random sample that would be as sure of a
    share, therefore counts half a case more on either side in each design cell (`stratum` and probability), both
    in the spread and in the mean that it is taken around; with one cell that cancels. Values of a share lie between 0
    and 1. Wilson's interval over it stays honest near 0 and 1:
    wilson_low("mean * effective_count", "effective_count").

        prevalence as (
            {{ horvitz_thompson("samples", "is_violating::integer", "inclusion_prob", by=["week"], stratum="stratum") }}
        )
        -- week, sample_count, population_estimate, total, total_std_error, mean, mean_std_error, effective_count
#}
{% macro horvitz_thompson(relation, value, inclusion_prob, by=[], stratum="null") -%}
    {%- set group = by | join(", ") ~ ", " if by else "" -%}
    {%- set partition = "partition by " ~ by | join(", ") if by else "" -%}
    with

        -- Sums are of decimals: a sum of doubles depends on the order of its rows.
        _cells as (
            select
                {{ group }}
                {{ stratum }} as stratum,
                ({{ inclusion_prob }})::double as probability,
                count(*) as drawn_count,
                sum(({{ value }})::decimal(38, 12))::double as found,
                sum((({{ value }})::double ^ 2)::decimal(38, 12))::double as squares
            from {{ relation }}
            where {{ value }} is not null and {{ inclusion_prob }} > 0
            group by all
        ),

        _wholes as (
            select
                *,
                sum((drawn_count / probability)::decimal(38, 12)) over ({{ partition }})::double
                as population,
                sum((found / probability)::decimal(38, 12)) over ({{ partition }})::double as total,
                sum(
                    (drawn_count / probability * (found + 0.5) / (drawn_count + 1))::decimal(38, 12)
                ) over ({{ partition }})::double as raised_total
            from _cells
        ),

        _spreads as (
            select
                *,
                (1 - probability) / probability ^ 2 as doubt,
                squares
                - 2 * found * total / population
                + drawn_count * (total / population) ^ 2 as spread,
                (found + 0.5) / (drawn_count + 1) as raised_share,
                raised_total / population as raised_mean
            from _wholes
        ),

        _estimates as (
            select
                {{ group }}
                sum(drawn_count)::bigint as sample_count,
                population,
                total,
                sqrt(sum((doubt * squares)::decimal(38, 12))::double) as total_std_error,
                total / population as mean,
                sqrt(sum((doubt * greatest(0, round(spread, 12)))::decimal(38, 12))::double)
                / population as mean_std_error,
                raised_mean * (1 - raised_mean) as raised_variance,
                sum(
                    (
                        doubt
                        * drawn_count
                        * (
                            raised_share * (1 - raised_mean) ^ 2
                            + (1 - raised_share) * raised_mean ^ 2
                        )
                    )::decimal(38, 12)
                )::double
                / population ^ 2 as mean_variance,
                population ^ 2
                / sum((drawn_count / probability ^ 2)::decimal(38, 12))::double as kish_count
            from _spreads
            group by {{ group }} population, total, raised_mean
        )

    select
        {{ group }}
        sample_count,
        population as population_estimate,
        total,
        total_std_error,
        mean,
        mean_std_error,
        -- Who asked everybody is as sure as a sample of that size, and no surer.
        case
            when mean_variance > 0 then raised_variance / mean_variance else kish_count
        end as effective_count
    from _estimates
{%- endmacro %}


{#
    The mean of items that come in clusters (paraphrases of one prompt, hits of one ring), with a standard error
    that knows it: residuals are added within a cluster before they are squared, times G / (G − 1), as
    statsmodels' OLS on a constant with cov_type="cluster". Null with one cluster. For a paired difference,
    hand over the differences.

        rates as ({{ clustered_mean("results", "passed::integer", "cluster_id", by=["run_id"]) }})
        -- run_id, item_count, cluster_count, mean, std_error
#}
{% macro clustered_mean(relation, value, cluster, by=[]) -%}
    {%- set group = by | join(", ") ~ ", " if by else "" -%}
    {%- set partition = "partition by " ~ by | join(", ") if by else "" -%}
    with

        _clusters as (
            select
                {{ group }} {{ cluster }} as cluster,
                count(*) as items,
                sum(({{ value }})::decimal(38, 12))::double as cluster_sum
            from {{ relation }}
            where {{ value }} is not null
            group by all
        ),

        _means as (
            select
                *,
                sum(items) over ({{ partition }}) as item_count,
                sum(cluster_sum::decimal(38, 12)) over ({{ partition }})::double
                / sum(items) over ({{ partition }}) as mean
            from _clusters
        )

    select
        {{ group }}
        item_count::bigint as item_count,
        count(*) as cluster_count,
        mean,
        sqrt(
            sum(((cluster_sum - items * mean) ^ 2)::decimal(38, 12))::double
            * count(*)
            / nullif(count(*) - 1, 0)
        )
        / item_count as std_error
    from _means
    group by {{ group }} item_count, mean
{%- endmacro %}


{#
    Holm's correction of several tests (Scandinavian Journal of Statistics 6, 1979): each row of `relation` with
    `holm_p_value`, which may be held against the level as if it were the only test of its group.

        corrected as ({{ holm("tests", "p_value", by=["suite_id"]) }})
#}
{% macro holm(relation, p_value, by=[]) -%}
    {%- set partition = "partition by " ~ by | join(", ") if by else "" -%}
    with

        _ranks as (
            select
                *,
                (
                    count({{ p_value }}) over ({{ partition }})
                    + 1
                    - row_number() over ({{ partition }} order by {{ p_value }} nulls last)
                )
                * {{ p_value }} as _scaled
            from {{ relation }}
        )

    select
        * exclude (_scaled),
        case
            when {{ p_value }} is not null
            then least(1, max(_scaled) over ({{ partition }} order by {{ p_value }} nulls last))
        end as holm_p_value
    from _ranks
{%- endmacro %}
