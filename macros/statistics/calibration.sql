{#
    Average precision: how far the scores put the true ones first; the step-wise area under precision
    and recall, as scikit-learn's, equal scores taken together. A row of `relation` is one scored item whose
    truth is known. `weight` is 1 / inclusion probability where items were sampled. Null without a true one.

        precision as ({{ average_precision("scored", "score", "is_violating", by=["classifier_id"]) }})
        -- classifier_id, item_count, positive_count, average_precision
#}
{% macro average_precision(relation, score, is_true, by=[], weight="1") -%}
    {%- set group = by | join(", ") ~ ", " if by else "" -%}
    {%- set partition = "partition by " ~ by | join(", ") if by else "" -%}
    with

        _scores as (
            select
                {{ group }} {{ score }} as score,
                count(*) as item_count,
                count(*) filter (where {{ is_true }}) as positive_count,
                sum(({{ weight }})::decimal(38, 12))::double as item_weight,
                sum(({{ weight }})::decimal(38, 12)) filter (where {{ is_true }})::double
                as true_weight
            from {{ relation }}
            where {{ score }} is not null and {{ is_true }} is not null
            group by all
        ),

        _cuts as (
            select
                *, sum(true_weight) over (above) / sum(item_weight) over (above) as precision_there
            from _scores
            window above as ({{ partition }} order by score desc)
        )

    select
        {{ group }}
        sum(item_count)::bigint as item_count,
        sum(positive_count)::bigint as positive_count,
        sum(true_weight * precision_there order by score desc)
        / sum(true_weight order by score desc) as average_precision
    from _cuts
    group by all
{%- endmacro %}


{#
    Brier's score: the mean squared distance between a probability and what came true. 0 is perfect.

        {{ brier_score("score", "is_violating") }}
        -- avg((score - is_violating::integer)²), summed as decimals
#}
{% macro brier_score(score, is_true) -%}
    sum((({{ score }} - ({{ is_true }})::integer) ^ 2)::decimal(38, 18))::double
    / count(({{ score }} - ({{ is_true }})::integer))
{%- endmacro %}


{#
    Expected calibration error over bins of equal mass: how far, on average, a score lies from the
    share that came true among items scored alike. Bins are those of scikit-learn's
    calibration_curve(strategy="quantile"), but by rank and in whole numbers, so that equal scores share a bin and no
    edge is rounded.

        calibration as ({{ calibration_error("scored", "score", "is_violating", by=["classifier_id"]) }})
        -- classifier_id, item_count, bin_count, calibration_error
#}
{% macro calibration_error(relation, score, is_true, by=[], bins=10) -%}
    {%- set group = by | join(", ") ~ ", " if by else "" -%}
    {%- set partition = "partition by " ~ by | join(", ") if by else "" -%}
    with

        _ranks as (
            select
                {{ group }} {{ score }} as score,
                ({{ is_true }})::integer as came_true,
                rank() over ({{ partition }} order by {{ score }}) - 1 as below_count,
                count(*) over ({{ partition }}) as item_count
            from {{ relation }}
            where {{ score }} is not null and {{ is_true }} is not null
        ),

        _bins as (
            select
                {{ group }}
                item_count,
                case
                    when below_count > 0
                    then floor((below_count * {{ bins }} - 1) / (item_count - 1))
                    else 0
                end as bin,
                abs(sum(came_true) - sum(score::decimal(38, 18))::double) as distance
            from _ranks
            group by all
        )

    select
        {{ group }}
        item_count,
        count(*) as bin_count,
        sum(distance order by bin) / item_count as calibration_error
    from _bins
    group by {{ group }} item_count
{%- endmacro %}
