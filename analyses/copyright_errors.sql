with

    targets as (
        select
            *,
            check_label in ('not_infringing', 'false_assertion') as is_wrong,
            -- Whole billionths, so that sums do not depend on the order of rows.
            case
                when actioned_at is not null and check_label is not null
                then (1 / check_inclusion_prob)::decimal(18, 9)
            end as weight,
            unnest(['all', sender_tier]) as tier
        from {{ ref("int_notice_targets") }}
        where received_at >= $since and received_at < $until
    ),

    totals as (
        select
            tier as sender_tier,
            count(*) as target_count,
            count(*) filter (where not is_complete) as incomplete_count,
            count(actioned_at) as actioned_count,
            count(weight) as checked_count,
            count(weight) filter (where is_wrong) as wrong_count,
            coalesce(sum(weight) filter (where is_wrong), 0)::double
            / nullif(sum(weight)::double, 0) as wrong_share,
            sum(weight)::double ^ 2 / nullif(sum(weight * weight)::double, 0) as effective_count,
            count(*) filter (where actioned_at is not null and counter_valid) as countered_count,
            count(restored_at) as restored_count
        from targets
        group by tier
    )

select
    sender_tier,
    target_count,
    incomplete_count / target_count as incomplete_share,
    actioned_count,
    checked_count,
    wrong_count,
    wrong_share,
    case
        when wrong_share is not null
        then
            greatest(
                0,
                (
                    wrong_share
                    + 1.959963984540054 ^ 2 / (2 * effective_count)
                    - 1.959963984540054
                    * sqrt(
                        wrong_share * (1 - wrong_share) / effective_count
                        + 1.959963984540054 ^ 2 / (4 * effective_count ^ 2)
                    )
                )
                / (1 + 1.959963984540054 ^ 2 / effective_count)
            )
    end as wrong_share_low,
    case
        when wrong_share is not null
        then
            least(
                1,
                (
                    wrong_share
                    + 1.959963984540054 ^ 2 / (2 * effective_count)
                    + 1.959963984540054
                    * sqrt(
                        wrong_share * (1 - wrong_share) / effective_count
                        + 1.959963984540054 ^ 2 / (4 * effective_count ^ 2)
                    )
                )
                / (1 + 1.959963984540054 ^ 2 / effective_count)
            )
    end as wrong_share_high,
    effective_count,
    actioned_count * wrong_share as expected_wrong_count,
    countered_count,
    countered_count / nullif(actioned_count, 0) as countered_share,
    restored_count
from totals
where actioned_count > 0
order by sender_tier != 'all', wrong_share desc nulls last, sender_tier
limit $limit
