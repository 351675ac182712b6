-- Scores: those that a label or a script calls for, and a two-percent sample of everything else.
create or replace table block_classifier_scores as
with

    ruled as (
        select
            block.request_id,
            block.account_id,
            block.account_no,
            block.request_key,
            block.occurred_at,
            block.recorded_at,
            block.release_day,
            score_rules.classifier_id,
            draw(block.request_key, 70 + ascii(score_rules.classifier_id)) as score_key,
            score_rules.lowest,
            score_rules.highest,
            1.0 as inclusion_prob
        from block_requests as block
        join score_rules using (score_case)
        where unit(block.request_key, 200 + ascii(score_rules.classifier_id)) < score_rules.share
    ),

    sampled as (
        select
            request_id,
            account_id,
            account_no,
            request_key,
            occurred_at,
            recorded_at,
            release_day,
            list_extract(
                ['threat', 'minor_indicator', 'sexualisation', 'harassment', 'victim_or_helper', 'reasoning_elicitation', 'recruitment'],
                1 + draw(request_key, 300) % 7
            ) as classifier_id,
            draw(request_key, 301) as score_key,
            0.0 as lowest,
            0.45 as highest,
            0.02 as inclusion_prob
        from block_requests as block
        where draw(request_key, 302) % 100 < 2
    ),

    drawn as (
        select
            *,
            -- Low scores are the rule in the sample, high ones in what was called for.
            round(
                lowest + (highest - lowest) * case when inclusion_prob < 1 then pow(unit(score_key, 1), 3) else pow(unit(score_key, 1), 0.6) end,
                4
            ) as score
        from (from ruled union all by name from sampled) as both_kinds
    )

select
    'scr_' || substr(request_id, 5) || '_' || substr(md5(classifier_id || inclusion_prob::varchar), 1, 4) as score_id,
    null::varchar as content_id,
    request_id,
    account_id,
    classifier_id,
    version,
    score,
    score >= threshold as fired,
    case when score >= threshold then null else inclusion_prob end as inclusion_prob,
    drawn.occurred_at + to_seconds(2) as occurred_at,
    drawn.recorded_at + to_seconds(2) as recorded_at,
    'scoring' as source_system,
    release_day,
    request_key
from drawn
join out_classifiers using (classifier_id);
