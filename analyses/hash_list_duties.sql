with

    matches as (
        select
            matches.*,
            clock.as_of,
            date_diff('second', matches.occurred_at, coalesce(matches.feedback_at, clock.as_of))
            / 3600 as waited_hours
        from {{ ref("feat_hash_matches") }} as matches
        cross join {{ ref("int_snapshot_clock") }} as clock
        where
            matches.occurred_at >= $since
            and matches.occurred_at < $until
            and ($list_id is null or matches.list_id = $list_id)
    )

select
    list_id,
    count(*) as match_count,
    count(distinct account_id) as account_count,
    count(*) filter (where is_verified) as verified_count,
    count(*) filter (where opinion = 'disputed') as disputed_count,
    count(*) filter (where entry_status in ('withdrawn', 'deleted')) as withdrawn_count,
    count(*) filter (
        where entry_status in ('withdrawn', 'deleted') and occurred_at >= as_of - interval 7 day
    ) as matched_since_withdrawal_count,
    count(feedback_at) as feedback_count,
    count(*) filter (
        where feedback_at is not null and waited_hours > $feedback_hours
    ) as feedback_late_count,
    count(*) filter (
        where feedback_at is null and waited_hours > $feedback_hours
    ) as feedback_due_count,
    median(waited_hours) filter (where feedback_at is not null) as median_feedback_hours,
    min(occurred_at) filter (
        where feedback_at is null and waited_hours > $feedback_hours
    ) as oldest_due_at
from matches
group by list_id
order by feedback_due_count desc, match_count desc, list_id
limit $limit
