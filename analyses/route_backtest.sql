with

    first_hits as (
        select account_id, signal_id, min(detected_at) as detected_at
        from {{ ref("signal_subjects") }}
        where signal_id = any($signal_ids) and detected_at >= $since and detected_at < $until
        group by account_id, signal_id
    ),

    hit_accounts as (
        select account_id, count(*) as signal_count, list_sort(list(detected_at)) as hit_times
        from first_hits
        group by account_id
    ),

    routed as (
        -- The route takes an account when the last of the signals that it asks for is seen.
        select account_id, signal_count, hit_times[$minimum_signals] as routed_at
        from hit_accounts
        where signal_count >= $minimum_signals
    ),

    periods as (
        select
            routed.*,
            reviewed.label,
            coalesce(
                reviewed.label in ('violating', 'benign', 'needs_support'), false
            ) as is_settled,
            unnest(
                [null, time_bucket(interval 28 day, routed.routed_at::date, $since::date)::date]
            ) as period_starts_on
        from routed
        left join
            {{ ref("int_reviewed_subjects") }} as reviewed
            on reviewed.subject_type = 'account'
            and routed.account_id = reviewed.subject_id
    ),

    weighed as (
        select
            *,
            -- Whole billionths, so that sums do not depend on the order of rows.
            case
                when is_settled
                then
                    count(*) over (partition by period_starts_on, signal_count)
                    / count(*) filter (where is_settled) over (
                        partition by period_starts_on, signal_count
                    )
            end::decimal(18, 9) as weight
        from periods
    ),

    handling as (
        select
            sum(active_seconds::decimal(18, 3))::double / count(active_seconds) as seconds_per_task
        from {{ ref("review_work") }}
        where subject_type = 'account' and not is_golden
    ),

    first_routed as (select min(routed_at)::date as first_on from routed),

    bounds as (
        select first_routed.first_on, least($until, clock.as_of)::date as last_on
        from first_routed
        cross join {{ ref("int_snapshot_clock") }} as clock
    ),

    totals as (
        select
            period_starts_on,
            count(*) as account_count,
            count(*) filter (where is_settled) as settled_count,
            count(*) filter (where label = 'violating') as confirmed_count,
            count(*) filter (where label = 'needs_support') as support_count,
            coalesce(sum(weight) filter (where label = 'violating'), 0)::double
            / nullif(sum(weight)::double, 0) as precision,
            sum(weight)::double ^ 2 / nullif(sum(weight * weight)::double, 0) as effective_count
        from weighed
        group by period_starts_on
    ),

    intervals as (
        select
            *,
            case
                when precision is not null
                then
                    greatest(
                        0,
                        (
                            precision
                            + 1.959963984540054 ^ 2 / (2 * effective_count)
                            - 1.959963984540054
                            * sqrt(
                                precision * (1 - precision) / effective_count
                                + 1.959963984540054 ^ 2 / (4 * effective_count ^ 2)
                            )
                        )
                        / (1 + 1.959963984540054 ^ 2 / effective_count)
                    )
            end as precision_low,
            case
                when precision is not null
                then
                    least(
                        1,
                        (
                            precision
                            + 1.959963984540054 ^ 2 / (2 * effective_count)
                            + 1.959963984540054
                            * sqrt(
                                precision * (1 - precision) / effective_count
                                + 1.959963984540054 ^ 2 / (4 * effective_count ^ 2)
                            )
                        )
                        / (1 + 1.959963984540054 ^ 2 / effective_count)
                    )
            end as precision_high
        from totals
    )

select
    period_starts_on,
    account_count,
    account_count / greatest(
        1,
        case
            when period_starts_on is null
            then bounds.last_on - bounds.first_on
            else least(period_starts_on + 28, bounds.last_on) - period_starts_on
        end
    ) as accounts_per_day,
    settled_count,
    settled_count / account_count as reviewed_share,
    confirmed_count,
    support_count,
    precision,
    precision_low,
    precision_high,
    account_count * (1 - precision) as expected_wrong_count,
    account_count * handling.seconds_per_task / 3600 as review_hours,
    case
        when settled_count < 30
        then 'refuse: fewer than 30 settled reviews'
        when precision_low < $floor
        then 'refuse: the interval reaches below the floor'
        else 'automate'
    end as verdict
from intervals
cross join handling
cross join bounds
order by period_starts_on nulls first
limit $limit
