with

    account_scores as (
        unpivot (
            select
                account_id,
                max(threat_score) as threat,
                max(minor_indicator_score) as minor_indicator,
                max(sexualisation_score) as sexualisation,
                max(recruitment_score) as recruitment,
                max(harassment_score) as harassment,
                max(victim_or_helper_score) as victim_or_helper,
                max(reasoning_elicitation_score) as reasoning_elicitation
            from {{ ref("int_request_scores") }}
            where account_id is not null
            group by account_id
        )
        on columns(* exclude (account_id)) into name classifier_id value score
    ),

    labelled_scores as (
        select
            account_scores.classifier_id,
            account_scores.account_id,
            account_scores.score,
            least(floor(account_scores.score * 10), 9)::bigint as score_bin,
            reviewed.label,
            reviewed.policy_id,
            reviewed.decided_at,
            coalesce(
                reviewed.label in ('violating', 'benign', 'needs_support'), false
            ) as is_settled
        from account_scores
        left join
            {{ ref("int_reviewed_subjects") }} as reviewed
            on reviewed.subject_type = 'account'
            and account_scores.account_id = reviewed.subject_id
    )

select
    classifier_id,
    account_id,
    score,
    score_bin,
    label,
    policy_id,
    decided_at,
    is_settled,
    -- Reviewers see high scores more than low ones. An account stands for all of its tenth.
    case
        when is_settled
        then
            count(*) over (partition by classifier_id, score_bin)
            / count(*) filter (where is_settled) over (partition by classifier_id, score_bin)
    end as review_weight
from labelled_scores
order by classifier_id, score, account_id
