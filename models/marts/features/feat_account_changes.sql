{{
    config(
        materialized="incremental" if target.type == "duckdb" else "table",
        unique_key=["account_id", "activity_date"],
        meta={"follows": ["feat_account_days", "stg_touched_accounts"]},
    )
}}
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
{# Said when dbt reads the project, too: it does not look behind `is_incremental`. #}
{% set touched_accounts = ref("stg_touched_accounts") if is_incremental() or not execute %}

with

    -- Days without a request count: from the first active day to the last.
    spans as (
        select account_id, min(activity_date) as first_on, max(activity_date) as last_on
        from {{ ref("feat_account_days") }}
        group by account_id
        -- Of who comes now and then there is no level that could change.
        having count(*) >= {{ fewest_baseline_days }}
    ),

    {% if is_incremental() %}
        -- The last day before those that are made again, and the sum it ended with.
        known_sums as (
            select
                account_id,
                max(activity_date) as known_on,
                {{ last_by("upward_cusum", ["activity_date"]) }} as known_cusum
            from {{ this }}
            inner join {{ touched_accounts }} as touched using (account_id)
            where activity_date < touched.requests_from
            group by account_id
        ),

        open_spans as (
            select
                account_id,
                greatest(spans.first_on, known_sums.known_on + 1 - {{ baseline_days }}) as first_on,
                spans.last_on,
                known_sums.known_on,
                coalesce(known_sums.known_cusum, 0)::decimal(18, 6) as known_cusum
            from spans
            inner join {{ touched_accounts }} as touched using (account_id)
            left join known_sums using (account_id)
            where touched.requests_from is not null
        ),
    {% endif %}

    calendar as (
        select account_id, {{ each_day("first_on", "last_on") }} as activity_date
        from {{ "open_spans" if is_incremental() else "spans" }}
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
        {% if is_incremental() %} inner join open_spans using (account_id) {% endif %}
        where
            baseline_day_count >= {{ fewest_baseline_days }}
            {% if is_incremental() %}
                and coalesce(activity_date > open_spans.known_on, true)
            {% endif %}
    ),

    sums as (
        select
            *,
            {{ "known_cusum +" if is_incremental() }}
            sum(least(robust_z, {{ most_per_day }}) - {{ allowance }}) over so_far as excess_sum
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
