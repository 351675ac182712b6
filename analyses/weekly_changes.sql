with

    weeks as (
        select
            metric_periods.*,
            metric_definitions.page,
            metric_definitions.unit,
            metric_definitions.direction,
            max(period_starts_on) over () as last_week
        from {{ ref("metric_periods") }} as metric_periods
        inner join {{ ref("metric_definitions") }} as metric_definitions using (metric_id, name)
        where
            part_count is not null
            and surface = 'all'
            and metric_id in ('M01', 'M03', 'M04', 'M13', 'M15', 'M16', 'M17', 'M36', 'M40')
            and period_starts_on + 7 <= $until
            and period_starts_on >= $until - 63
    ),

    -- The last whole week against the four before it.
    sides as (
        select
            metric_id,
            name,
            page,
            unit,
            direction,
            policy_id,
            last_week,
            coalesce(sum(part_count) filter (where period_starts_on = last_week), 0)::double as k1,
            sum(whole_count) filter (where period_starts_on = last_week)::double as n1,
            coalesce(
                sum(part_count) filter (
                    where period_starts_on < last_week and period_starts_on >= last_week - 28
                ),
                0
            )::double as k0,
            sum(whole_count) filter (
                where period_starts_on < last_week and period_starts_on >= last_week - 28
            )::double as n0,
            bool_and(whole_count is null) as is_count
        from weeks
        group by metric_id, name, page, unit, direction, policy_id, last_week
    ),

    -- Of counts: given their sum, this week's part is a binomial, one in five without a change.
    shares as (
        select
            *,
            case when is_count then k1 / nullif(k0 + k1, 0) else k1 / nullif(n1, 0) end as p1,
            case when is_count then k0 + k1 else n1 end as m1,
            k0 / nullif(n0, 0) as p0
        from sides
    ),

    wilsons as (
        select
            *,
            (
                p1
                + 1.9207294103 / m1
                - 1.959963984540054 * sqrt(p1 * (1 - p1) / m1 + 0.9603647051 / m1 ^ 2)
            )
            / (1 + 3.8414588207 / m1) as low1,
            (
                p1
                + 1.9207294103 / m1
                + 1.959963984540054 * sqrt(p1 * (1 - p1) / m1 + 0.9603647051 / m1 ^ 2)
            )
            / (1 + 3.8414588207 / m1) as high1,
            (
                p0
                + 1.9207294103 / n0
                - 1.959963984540054 * sqrt(p0 * (1 - p0) / n0 + 0.9603647051 / n0 ^ 2)
            )
            / (1 + 3.8414588207 / n0) as low0,
            (
                p0
                + 1.9207294103 / n0
                + 1.959963984540054 * sqrt(p0 * (1 - p0) / n0 + 0.9603647051 / n0 ^ 2)
            )
            / (1 + 3.8414588207 / n0) as high0
        from shares
    ),

    -- Newcombe's interval for the difference of two shares (method 10).
    changes as (
        select
            *,
            case when is_count then k1 else p1 end as this_week,
            case when is_count then k0 / 4 else p0 end as before,
            case when is_count then k1 - k0 / 4 else p1 - p0 end as change,
            case
                when is_count and k0 > 0
                then k0 / 4 * (4 * greatest(low1, 0) / (1 - greatest(low1, 0)) - 1)
                when not is_count
                then p1 - p0 - sqrt((p1 - low1) ^ 2 + (high0 - p0) ^ 2)
            end as change_low,
            case
                when is_count and k0 > 0 and high1 < 1
                then k0 / 4 * (4 * high1 / (1 - high1) - 1)
                when not is_count
                then p1 - p0 + sqrt((high1 - p1) ^ 2 + (p0 - low0) ^ 2)
            end as change_high
        from wilsons
    ),

    -- Parts of a share add up over policies: what each has of the whole, now and before.
    parts as (
        select
            parts.metric_id,
            parts.name,
            parts.policy_id,
            case
                when wholes.is_count
                then parts.k1 - parts.k0 / 4
                else parts.k1 / nullif(wholes.n1, 0) - parts.k0 / nullif(wholes.n0, 0)
            end as contribution
        from sides as parts
        inner join
            sides as wholes
            on parts.metric_id = wholes.metric_id
            and parts.name = wholes.name
            and wholes.policy_id = 'all'
        where parts.policy_id <> 'all'
    ),

    -- The part that moved most in the direction of the whole.
    reasons as (
        select
            changes.metric_id,
            changes.name,
            arg_max(
                parts.policy_id, (parts.contribution * sign(changes.change), parts.policy_id)
            ) as mostly_from,
            max(parts.contribution * sign(changes.change))
            * sign(any_value(changes.change)) as contribution
        from changes
        inner join parts on changes.metric_id = parts.metric_id and changes.name = parts.name
        where changes.policy_id = 'all'
        group by changes.metric_id, changes.name
    )

select
    changes.metric_id,
    changes.name,
    changes.page,
    changes.unit,
    changes.last_week as week_starts_on,
    changes.this_week,
    coalesce(changes.n1, changes.k1)::bigint as this_week_count,
    changes.before,
    changes.change,
    changes.change_low,
    changes.change_high,
    coalesce(changes.change_low > 0 or changes.change_high < 0, false) as is_beyond_chance,
    case
        when changes.direction = 'none' or changes.change = 0
        then 'neither'
        when (changes.direction = 'up') = (changes.change > 0)
        then 'better'
        else 'worse'
    end as verdict,
    reasons.mostly_from,
    reasons.contribution,
    case
        when changes.is_count
        then
            format(
                '{:.0f}, was {:.1f} a week: {:+.1f}',
                changes.k1,
                changes.k0 / 4,
                changes.change
            ) || coalesce(
                format(' ({:+.1f} to {:+.1f})', changes.change_low, changes.change_high), ''
            )
        else
            format(
                '{:.1f} % of {:.0f}, was {:.1f} % of {:.0f}: {:+.1f} points ({:+.1f} to {:+.1f})',
                100 * changes.p1,
                changes.n1,
                100 * changes.p0,
                changes.n0,
                100 * changes.change,
                100 * changes.change_low,
                100 * changes.change_high
            )
    end as reading,
    case
        when reasons.contribution = 0
        then null
        when changes.is_count
        then reasons.mostly_from || format(' ({:+.1f})', reasons.contribution)
        else reasons.mostly_from || format(' ({:+.1f} points)', 100 * reasons.contribution)
    end as reason
from changes
left join reasons on changes.metric_id = reasons.metric_id and changes.name = reasons.name
where changes.policy_id = 'all' and changes.change is not null
order by
    is_beyond_chance desc,
    abs(changes.change) / nullif(changes.before, 0) desc nulls last,
    changes.metric_id,
    changes.name
limit $limit
