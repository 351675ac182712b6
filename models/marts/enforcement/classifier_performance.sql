with

    -- Requests of the random sample that were labelled and scored. A score below the threshold is
    -- kept with a probability of its own.
    scored as (
        select
            scores.classifier_id,
            scores.version,
            scores.score,
            scores.fired as is_fired,
            samples.label = 'violating' as is_violating,
            samples.label = 'violating'
            and samples.policy_id = classifiers.policy_id as is_own_violation,
            samples.stratum,
            samples.inclusion_prob * coalesce(scores.inclusion_prob, 1) as inclusion_prob
        from {{ ref("stg_prevalence_samples") }} as samples
        inner join {{ ref("stg_classifier_scores") }} as scores using (request_id)
        left join
            {{ ref("stg_classifiers") }} as classifiers
            on scores.classifier_id = classifiers.classifier_id
            and scores.version = classifiers.version
        where samples.label is not null
    ),

    fired as (select * from scored where is_fired),

    own_violations as (select * from scored where is_own_violation),

    precisions as (
        {{ horvitz_thompson("fired", "is_violating::integer", "inclusion_prob", by=["classifier_id", "version"], stratum="stratum") }}
    ),

    recalls as (
        {{ horvitz_thompson("own_violations", "is_fired::integer", "inclusion_prob", by=["classifier_id", "version"], stratum="stratum") }}
    ),

    average_precisions as (
        {{ average_precision("scored", "score", "is_violating", by=["classifier_id", "version"], weight="1 / inclusion_prob") }}
    ),

    calibrations as (
        {{ calibration_error("scored", "score", "is_violating", by=["classifier_id", "version"]) }}
    ),

    counts as (
        select
            classifier_id,
            version,
            count(*) as score_count,
            count(*) filter (where is_violating) as violating_count,
            count(*) filter (where is_own_violation) as own_violation_count,
            count(*) filter (where is_fired) as fired_count,
            count(*) filter (where is_fired and is_violating) as confirmed_count,
            {{ brier_score("score", "is_violating") }} as brier
        from scored
        group by classifier_id, version
    )

select
    counts.classifier_id,
    counts.version,
    counts.score_count,
    counts.violating_count,
    counts.own_violation_count,
    counts.fired_count,
    counts.confirmed_count,
    precisions.mean as threshold_precision,
    {{ wilson_low("precisions.mean * precisions.effective_count", "precisions.effective_count") }}
    as threshold_precision_low,
    {{ wilson_high("precisions.mean * precisions.effective_count", "precisions.effective_count") }}
    as threshold_precision_high,
    recalls.mean as threshold_recall,
    {{ wilson_low("recalls.mean * recalls.effective_count", "recalls.effective_count") }}
    as threshold_recall_low,
    {{ wilson_high("recalls.mean * recalls.effective_count", "recalls.effective_count") }}
    as threshold_recall_high,
    average_precisions.average_precision,
    counts.brier,
    calibrations.calibration_error as ece,
    calibrations.bin_count,
    counts.violating_count >= 100 as has_enough
from counts
left join precisions using (classifier_id, version)
left join recalls using (classifier_id, version)
left join average_precisions using (classifier_id, version)
left join calibrations using (classifier_id, version)
order by counts.classifier_id, counts.version
