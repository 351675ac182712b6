{#
    Each day's requests against the account's own last weeks: a robust z (0.6745 times the distance from the
    median over the median absolute deviation), and Page's cumulative sum of it. The sum is taken over what
    exceeds the allowance, from its lowest point so far, which two running windows give without recursion. One
    day counts for so much at most: a single burst is no change of level.
#}
{% set baseline_days = 28 %}
{% set fewest_baseline_days = 14 %}
{% set allowance = 0.5 %}
{% set most_per_day = 4 %}

with

    -- Days without a request count: from the first active day to the last.
    spans as (
        select account_id, min(activity_date) as first_on, max(activity_date) as last_on
        from {{ ref("feat_account_days") }}
        group by account_id
        -- Of who comes now and then there is no level that could change.
        having count(*) >= {{ fewest_baseline_days }}
    ),

    calendar as (
        select account_id, {{ each_day("first_on", "last_on") }} as activity_date from spans
    ),

    counts as (
        select account_id, activity_date, coalesce(account_days.request_count, 0) as request_count
        from calendar
        left join {{ ref("feat_account_days") }} as account_days using (account_id, activity_date)
    ),

    baselines as (
        select
            account_id,
            activity_date,
            request_count,
            count_before as baseline_day_count,
            median_before as baseline_median,
            mad_before as baseline_mad
        from
            {{
                with_medians_before(
                    "counts", "request_count", ["account_id"], "activity_date", baseline_days
                )
            }}
    ),

    scores as (
        select
            *,
            -- A deviation of nothing would make any request infinitely strange: one request at
            -- least.
            {{
                rounded_decimal(
                    "0.6745::double * (request_count - baseline_median)"
                    ~ " / greatest(baseline_mad, 0.6745::double)",
                    18,
                    6,
                )
            }} as robust_z
        from baselines
        where baseline_day_count >= {{ fewest_baseline_days }}
    ),

    sums as (
        select
            *, sum(least(robust_z, {{ most_per_day }}) - {{ allowance }}) over so_far as excess_sum
        from scores
        window
            so_far as (
                partition by account_id
                order by activity_date
                rows between unbounded preceding and current row
            )
    )

select
    account_id,
    activity_date,
    request_count,
    baseline_day_count,
    baseline_median,
    baseline_mad,
    robust_z::double as robust_z,
    (
        excess_sum - least(
            min(excess_sum) over (
                partition by account_id
                order by activity_date
                rows between unbounded preceding and current row
            ),
            0
        )
    )::double as upward_cusum
from sums
-- Rows of one account lie together, so that a question about it reads little.
order by account_id, activity_date
