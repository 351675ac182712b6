with

    outcomes as (
        select
            score,
            is_settled,
            is_settled and label = $positive_label as is_confirmed,
            coalesce(review_weight, 0)::decimal(18, 9) as weight,
            bool_or(is_settled) over (partition by score_bin) as is_covered
        from {{ ref("score_outcomes") }}
        where classifier_id = $classifier_id
    ),

    thresholds as (select place / 20 as threshold from range(1, 20) as places(place)),

    totals as (
        select
            count(*) filter (where is_confirmed) as positive_count,
            sum(weight) filter (where is_confirmed)::double as positive_weight,
            sum(weight * weight) filter (where is_confirmed)::double as positive_square_weight
        from outcomes
    ),

    -- Added up by score first: scores come to few decimals, and each stands above many thresholds.
    scores as (
        select
            score,
            count(*) as flagged_count,
            count(*) filter (where is_settled) as settled_count,
            count(*) filter (where is_confirmed) as confirmed_count,
            sum(weight) as weight,
            sum(weight) filter (where is_confirmed) as confirmed_weight,
            sum(weight * weight) as square_weight,
            count(*) filter (where not is_covered) as uncovered_count
        from outcomes
        group by score
    ),

    sweep as (
        select
            thresholds.threshold,
            sum(scores.flagged_count)::bigint as flagged_count,
            sum(scores.settled_count)::bigint as settled_count,
            sum(scores.confirmed_count)::bigint as confirmed_count,
            sum(scores.weight)::double as weight,
            sum(scores.confirmed_weight)::double as confirmed_weight,
            sum(scores.square_weight)::double as square_weight,
            sum(scores.uncovered_count)::bigint as uncovered_count
        from thresholds
        inner join scores on scores.score >= thresholds.threshold
        group by thresholds.threshold
    ),

    estimates as (
        select
            *,
            coalesce(confirmed_weight, 0) / nullif(weight, 0) as precision,
            weight * weight / nullif(square_weight, 0) as effective_count,
            coalesce(confirmed_weight, 0) / nullif(positive_weight, 0) as recall,
            positive_weight
            * positive_weight
            / nullif(positive_square_weight, 0) as effective_positive_count
        from sweep
        cross join totals
    )

select
    threshold,
    flagged_count,
    settled_count,
    confirmed_count,
    precision,
    case
        when precision is not null
        then
            greatest(
                0,
                (
                    precision
                    + 1.959963984540054 ^ 2 / (2 * effective_count)
                    - 1.959963984540054
                    * sqrt(
                        precision * (1 - precision) / effective_count
                        + 1.959963984540054 ^ 2 / (4 * effective_count ^ 2)
                    )
                )
                / (1 + 1.959963984540054 ^ 2 / effective_count)
            )
    end as precision_low,
    case
        when precision is not null
        then
            least(
                1,
                (
                    precision
                    + 1.959963984540054 ^ 2 / (2 * effective_count)
                    + 1.959963984540054
                    * sqrt(
                        precision * (1 - precision) / effective_count
                        + 1.959963984540054 ^ 2 / (4 * effective_count ^ 2)
                    )
                )
                / (1 + 1.959963984540054 ^ 2 / effective_count)
            )
    end as precision_high,
    recall,
    case
        when recall is not null
        then
            greatest(
                0,
                (
                    recall
                    + 1.959963984540054 ^ 2 / (2 * effective_positive_count)
                    - 1.959963984540054
                    * sqrt(
                        recall * (1 - recall) / effective_positive_count
                        + 1.959963984540054 ^ 2 / (4 * effective_positive_count ^ 2)
                    )
                )
                / (1 + 1.959963984540054 ^ 2 / effective_positive_count)
            )
    end as recall_low,
    case
        when recall is not null
        then
            least(
                1,
                (
                    recall
                    + 1.959963984540054 ^ 2 / (2 * effective_positive_count)
                    + 1.959963984540054
                    * sqrt(
                        recall * (1 - recall) / effective_positive_count
                        + 1.959963984540054 ^ 2 / (4 * effective_positive_count ^ 2)
                    )
                )
                / (1 + 1.959963984540054 ^ 2 / effective_positive_count)
            )
    end as recall_high,
    confirmed_count / nullif(settled_count, 0) as unweighted_precision,
    effective_count,
    uncovered_count / flagged_count as uncovered_share,
    positive_count,
    positive_count >= 100 as is_enough
from estimates
order by threshold
limit $limit
