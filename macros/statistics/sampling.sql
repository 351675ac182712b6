{#
    What a whole is like, from a sample whose items were drawn independently, each with its own known
    probability: the total by Horvitz and Thompson (JASA 47, 1952), the mean by Hájek's ratio of totals, and
    their standard errors. `effective_count` is the size of a simple random sample that would be as sure;
    Wilson's interval over it stays honest near 0 and 1:
    wilson_low("mean * effective_count", "effective_count").

        prevalence as ({{ horvitz_thompson("samples", "is_violating::integer", "inclusion_prob", by=["week"]) }})
        -- week, sample_count, population_estimate, total, total_std_error, mean, mean_std_error, effective_count
#}
{% macro horvitz_thompson(relation, value, inclusion_prob, by=[]) -%}
    {%- set group = by | join(", ") ~ ", " if by else "" -%}
    {%- set partition = "partition by " ~ by | join(", ") if by else "" -%}
    with

        _drawn as (
            select
                {{ group }} ({{ value }})::double as value,
                ({{ inclusion_prob }})::double as probability,
                -- Sums are of decimals: a sum of doubles depends on the order of its rows.
                sum((1 / {{ inclusion_prob }})::decimal(38, 12)) over ({{ partition }})::double
                as population,
                sum(({{ value }} / {{ inclusion_prob }})::decimal(38, 12)) over (
                    {{ partition }}
                )::double as total
            from {{ relation }}
            where {{ value }} is not null and {{ inclusion_prob }} > 0
        ),

        _estimates as (
            select
                {{ group }}
                count(*) as sample_count,
                population,
                total,
                sqrt(
                    sum(((1 - probability) * (value / probability) ^ 2)::decimal(38, 12))::double
                ) as total_std_error,
                total / population as mean,
                sqrt(
                    sum(
                        (
                            (1 - probability) * ((value - total / population) / probability) ^ 2
                        )::decimal(38, 12)
                    )::double
                )
                / population as mean_std_error,
                population ^ 2 / sum((1 / probability ^ 2)::decimal(38, 12))::double as kish_count
            from _drawn
            group by {{ group }} population, total
        )

    select
        {{ group }}
        sample_count,
        population as population_estimate,
        total,
        total_std_error,
        mean,
        mean_std_error,
        case
            when mean > 0 and mean < 1 and mean_std_error > 0
            then mean * (1 - mean) / mean_std_error ^ 2
            else kish_count
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
