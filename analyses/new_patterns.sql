with

    histories as (
        select
            surface,
            pattern_type,
            pattern,
            min(week_starts_on) as first_week_on,
            count(*) as week_count,
            max(account_count) as peak_account_count,
            arg_max(account_count, week_starts_on) as last_account_count,
            sum(request_count)::bigint as request_count,
            max(account_count / active_account_count) as peak_share
        from {{ ref("feat_pattern_weeks") }}
        where
            week_starts_on + 7 <= $until::date
            and ($pattern_type is null or pattern_type = $pattern_type)
        group by surface, pattern_type, pattern
    )

select *
from histories
where first_week_on >= $since::date and peak_account_count >= $minimum_accounts
order by peak_account_count desc, surface, pattern_type, pattern
limit $limit
