with

    scored_weeks as (
        select
            scores.account_id,
            date_trunc('week', {{ day_of("scores.occurred_at") }})::date as week_starts_on,
            max(scores.minor_indicator_score) as max_minor_score,
            max(scores.victim_or_helper_score) as max_victim_or_helper_score,
            max(scores.occurred_at) filter (
                where scores.minor_indicator_score is not null
            ) as last_scored_at
        from {{ ref("int_request_scores") }} as scores
        where scores.account_id is not null
        group by scores.account_id, week_starts_on
        having max(scores.minor_indicator_score) is not null
    ),

    -- `distinct`, for an object may match several entries and is one object.
    match_weeks as (
        select
            account_id,
            date_trunc('week', {{ day_of("occurred_at") }})::date as week_starts_on,
            count(distinct content_id) as matched_object_count,
            max(occurred_at) as last_match_at
        from {{ ref("feat_hash_matches") }}
        where account_id is not null and is_standing
        group by account_id, week_starts_on
    ),

    report_weeks as (
        select
            subject_id as account_id,
            date_trunc('week', {{ day_of("received_at") }})::date as week_starts_on,
            count(*) as report_count,
            max(received_at) as last_report_at
        from {{ ref("stg_user_reports") }}
        where
            subject_type = 'account'
            and duplicate_of is null
            and coalesce(valid, true)
            and reason_code in ('child_safety', 'sextortion', 'ibsa')
        group by subject_id, week_starts_on
    )

select
    account_id,
    week_starts_on,
    scored_weeks.max_minor_score,
    scored_weeks.max_victim_or_helper_score,
    coalesce(match_weeks.matched_object_count, 0) as matched_object_count,
    coalesce(report_weeks.report_count, 0) as report_count,
    coalesce(match_weeks.matched_object_count, 0)
    + coalesce(report_weeks.report_count, 0) as corroboration_count,
    greatest(
        scored_weeks.last_scored_at, match_weeks.last_match_at, report_weeks.last_report_at
    ) as last_at
from scored_weeks
left join match_weeks using (account_id, week_starts_on)
left join report_weeks using (account_id, week_starts_on)
