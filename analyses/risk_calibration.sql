with

    binned as (
        select
            least(floor(predicted_probability * $bins), $bins - 1)::bigint + 1 as bin,
            predicted_probability,
            is_violating
        from {{ ref("risk_posteriors") }}
        where not is_supported
    ),

    bins as (
        select
            bin,
            count(*) as subject_count,
            count(*) filter (where is_violating) as violating_count,
            sum(predicted_probability::decimal(18, 9))::double / count(*) as mean_predicted
        from binned
        group by bin
    ),

    scores as (
        select
            count(*) as all_count,
            sum(
                (
                    (predicted_probability - is_violating::integer)
                    * (predicted_probability - is_violating::integer)
                )::decimal(18, 12)
            )::double
            / count(*) as brier_score
        from binned
    )

select
    bin,
    (bin - 1) / $bins as predicted_from,
    bin / $bins as predicted_to,
    subject_count,
    violating_count,
    mean_predicted,
    violating_count / subject_count as observed_share,
    -- Wilson's interval, 95 %.
    greatest(
        0,
        (
            violating_count
            + 1.920729410347
            - 1.959963984540
            * sqrt(
                violating_count * (subject_count - violating_count) / subject_count + 0.960364705174
            )
        )
        / (subject_count + 3.841458820694)
    ) as observed_low,
    least(
        1,
        (
            violating_count
            + 1.920729410347
            + 1.959963984540
            * sqrt(
                violating_count * (subject_count - violating_count) / subject_count + 0.960364705174
            )
        )
        / (subject_count + 3.841458820694)
    ) as observed_high,
    brier_score,
    sum(
        (abs(mean_predicted - violating_count / subject_count) * subject_count)::decimal(18, 9)
    ) over ()::double
    / all_count as expected_calibration_error
from bins
cross join scores
order by bin
limit $limit
