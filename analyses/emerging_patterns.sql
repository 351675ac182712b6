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

    -- The first term of a tail: the chance of k itself above the expectation, of k - 1 below it.
    first_terms as (
        select
            *,
            p / (1 - p) as odds,
            case when k > n * p then k else greatest(0, k - 1) end as i,
            exp(
                lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) + i * ln(p) + (n - i) * ln(1 - p)
            ) as first_term
        from expectations
    ),

    -- Each further term is the one before it times a ratio; beyond twenty standard deviations a
    -- tail has nothing left. What did not grow has a p value of a half at least, which moves no
    -- q value below a half: then its tail is left out.
    term_ratios as (
        select
            *,
            case
                when k > n * p
                then
                    list_transform(
                        list_reverse(range(k, least(n, k + reach))),
                        lambda j: (n - j) * odds / (j + 1)
                    )
                when $fdr >= 0.5 and k > 0
                then
                    list_transform(
                        range(greatest(0, k - 1 - reach) + 1, k), lambda j:j / ((n - j + 1) * odds)
                    )
            end as ratios
        from first_terms
    ),

    -- Added from the far end (Horner). The ratios have a step of their own, because what a
    -- list_reduce of DuckDB 1.5 takes from other columns may be of another row.
    tests as (
        select
            *,
            case
                when k > n * p
                then
                    least(
                        1,
                        first_term
                        * list_reduce(ratios, lambda far, ratio:1 + far * ratio, 1::double)
                    )
                when ratios is null
                then 1
                else
                    1
                    - first_term * list_reduce(ratios, lambda far, ratio:1 + far * ratio, 1::double)
            end as p_value
        from term_ratios
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
