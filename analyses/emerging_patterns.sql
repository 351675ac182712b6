-- Given all account-weeks that showed a pattern, those of the last week are binomial with the
-- share of the last week in all active account-weeks, if nothing changed (Przyborowski and
-- Wilenski, Biometrika 31 (1940) 313-323). Exact tails; then Benjamini and Hochberg, J. R. Stat.
-- Soc. B 57 (1995) 289-300.
with

    last_week as (
        select max(week_starts_on) as week_starts_on
        from {{ ref("feat_pattern_weeks") }}
        where week_starts_on + 7 <= $until::date
    ),

    weeks as (
        select
            patterns.*,
            last_week.week_starts_on as last_week_on,
            patterns.week_starts_on = last_week.week_starts_on as is_last
        from {{ ref("feat_pattern_weeks") }} as patterns
        cross join last_week
        where
            patterns.week_starts_on <= last_week.week_starts_on
            and patterns.week_starts_on >= last_week.week_starts_on - 7 * $baseline_weeks::integer
            and ($pattern_type is null or patterns.pattern_type = $pattern_type)
    ),

    surface_weeks as (
        -- The count of active accounts stands with each pattern of the week.
        select distinct surface, week_starts_on, is_last, active_account_count from weeks
    ),

    exposures as (
        select
            surface,
            coalesce(sum(active_account_count) filter (where is_last), 0)::bigint as active_now,
            coalesce(sum(active_account_count) filter (where not is_last), 0)::bigint
            as active_before,
            count(*) filter (where not is_last) as baseline_week_count
        from surface_weeks
        group by surface
    ),

    pattern_counts as (
        select
            surface,
            pattern_type,
            pattern,
            any_value(last_week_on) as week_starts_on,
            coalesce(sum(account_count) filter (where is_last), 0)::bigint as k,
            coalesce(sum(account_count) filter (where not is_last), 0)::bigint as b,
            coalesce(sum(account_count * account_count) filter (where not is_last), 0)::bigint
            as b_squares
        from weeks
        group by surface, pattern_type, pattern
    ),

    counts as (select * from pattern_counts where k + b >= $minimum_accounts),

    expectations as (
        select
            *,
            k + b as n,
            active_now / (active_now + active_before) as p,
            (10 * sqrt(k + b) + 30)::bigint as reach
        from counts
        inner join exposures using (surface)
        where active_now > 0 and active_before > 0
    ),

    -- Beyond twenty standard deviations a tail has nothing left. The shorter tail is added up.
    tails as (
        select
            *,
            list_sum(
                list_transform(
                    case
                        when k > n * p
                        then range(k, least(n, k + reach) + 1)
                        else range(greatest(0, k - 1 - reach), k)
                    end,
                    lambda i:exp(
                        lgamma(n + 1)
                        - lgamma(i + 1)
                        - lgamma(n - i + 1)
                        + i * ln(p)
                        + (n - i) * ln(1 - p)
                    )
                )
            ) as tail
        from expectations
    ),

    tests as (
        select *, least(1, case when k > n * p then tail else 1 - coalesce(tail, 0) end) as p_value
        from tails
    ),

    ranks as (
        select
            *,
            count(*) over () as tested_count,
            row_number() over (order by p_value, surface, pattern_type, pattern) as place
        from tests
    ),

    corrected as (
        select
            *,
            least(
                1,
                min(p_value * tested_count / place) over (
                    order by place desc rows between unbounded preceding and current row
                )
            ) as q_value
        from ranks
    )

select
    surface,
    pattern_type,
    pattern,
    week_starts_on,
    k as account_count,
    active_now as active_account_count,
    b as baseline_account_weeks,
    active_before as baseline_active_account_weeks,
    (k / active_now) / nullif(b / active_before, 0) as lift,
    (baseline_week_count * b_squares - b * b)
    / nullif(b * (baseline_week_count - 1), 0) as baseline_dispersion,
    p_value,
    q_value,
    tested_count,
    b = 0 as is_first_seen
from corrected
where q_value <= $fdr and k > n * p
order by q_value, p_value, surface, pattern_type, pattern
limit $limit
