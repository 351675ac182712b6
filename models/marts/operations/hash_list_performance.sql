with

    matches as (
        select
            hash_matches.list_id,
            hash_matches.verified_by is not null as is_verified,
            hash_matches.feedback,
            coalesce(hash_entries.opinion = 'disputed', false) as is_disputed,
            (
                epoch_us(coalesce(hash_matches.feedback_at, as_of))
                - epoch_us(hash_matches.occurred_at)
            )
            / 3.6e9::double as feedback_hours,
            hash_matches.feedback_at is null as is_feedback_censored,
            case
                when
                    hash_entries.status in ('withdrawn', 'deleted')
                    and hash_matches.occurred_at >= hash_entries.updated_at
                then
                    (epoch_us(hash_matches.occurred_at) - epoch_us(hash_entries.updated_at))
                    / 3.6e9::double
            end as hours_since_withdrawal
        from {{ ref("stg_hash_matches") }} as hash_matches
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        left join
            {{ ref("stg_hash_entries") }} as hash_entries
            on hash_matches.list_id = hash_entries.list_id
            and hash_matches.entry_id = hash_entries.entry_id
    ),

    waits as (
        {{ kaplan_meier("matches", "feedback_hours", "is_feedback_censored", by=["list_id"]) }}
    ),

    lags as (
        select
            list_id,
            {{ survival_quantile(0.5) }} as feedback_p50_hours,
            {{ survival_quantile(0.95) }} as feedback_p95_hours
        from waits
        group by list_id
    ),

    counts as (
        select
            list_id,
            count(*) as match_count,
            count(*) filter (where is_disputed) as disputed_count,
            count(*) filter (where is_verified) as verified_count,
            -- Disputed entries stand apart: whether their matches are false is the very dispute.
            count(*) filter (where feedback is not null and not is_disputed) as answered_count,
            count(*) filter (where feedback = 'confirmed' and not is_disputed) as confirmed_count,
            count(*) filter (
                where feedback = 'false_positive' and not is_disputed
            ) as false_match_count,
            count(hours_since_withdrawal) as after_withdrawal_count,
            max(hours_since_withdrawal) as purge_lag_hours
        from matches
        group by list_id
    )

select
    counts.list_id,
    counts.match_count,
    counts.disputed_count,
    counts.verified_count,
    counts.answered_count,
    counts.confirmed_count,
    {{ share("counts.confirmed_count", "counts.answered_count") }} as verified_match_rate,
    {{ wilson_low("counts.confirmed_count", "counts.answered_count") }} as verified_match_rate_low,
    {{ wilson_high("counts.confirmed_count", "counts.answered_count") }}
    as verified_match_rate_high,
    counts.false_match_count,
    {{ share("counts.false_match_count", "counts.answered_count") }} as false_match_rate,
    {{ wilson_low("counts.false_match_count", "counts.answered_count") }} as false_match_rate_low,
    {{ wilson_high("counts.false_match_count", "counts.answered_count") }} as false_match_rate_high,
    lags.feedback_p50_hours,
    lags.feedback_p95_hours,
    counts.after_withdrawal_count,
    counts.purge_lag_hours
from counts
inner join lags using (list_id)
order by counts.list_id
