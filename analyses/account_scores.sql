with

    scores as (
        unpivot (
            select
                date_trunc('week', occurred_at)::date as week_starts_on,
                threat_score as threat,
                minor_indicator_score as minor_indicator,
                sexualisation_score as sexualisation,
                recruitment_score as recruitment,
                harassment_score as harassment,
                victim_or_helper_score as victim_or_helper,
                reasoning_elicitation_score as reasoning_elicitation
            from {{ ref("int_request_scores") }}
            where account_id = $account_id and occurred_at >= $since and occurred_at < $until
        )
        on threat,
        minor_indicator,
        sexualisation,
        recruitment,
        harassment,
        victim_or_helper,
        reasoning_elicitation
        into name classifier_id value score
    )

select
    week_starts_on,
    classifier_id,
    count(*) as score_count,
    round(avg(score), 6) as mean_score,
    median(score) as median_score,
    max(score) as max_score,
    count(*) filter (where score >= 0.8) as high_score_count
from scores
group by week_starts_on, classifier_id
order by week_starts_on, classifier_id
limit $limit
