-- The window is the caller's, so neither the shares nor their intervals can be columns of a mart.
-- The interval is Wilson's at 95 %, as in macros/wilson.sql.
with

    action_measures as (
        select
            action_id,
            policy_id,
            unnest(
                [
                    {'measure':'proactive', 'is_part':is_proactive},
                    {'measure':'detected automatically', 'is_part':automated_detection},
                    {'measure':'decided automatically', 'is_part':automated_decision = 'fully'},
                    {
                        'measure':'decided with automation',
                        'is_part':automated_decision in ('fully', 'partially')
                    },
                    {'measure':'reversed since', 'is_part':reversed_at is not null},
                    {
                        'measure':'in effect on every surface',
                        'is_part':applied_everywhere_at is not null
                    }
                ],
                recursive := true
            )
        from {{ ref("actions") }}
        where not is_reversal and occurred_at >= $since and occurred_at < $until
    ),

    counts as (
        select
            coalesce(policy_id, 'all') as policy_id,
            measure,
            count(*) filter (where is_part) as part_count,
            count(*) as action_count,
            1.959963984540054 ^ 2 as z2
        from action_measures
        where
            ($policy_id is null or policy_id = $policy_id)
            and ($measure is null or measure = $measure)
        group by grouping sets ((measure), (policy_id, measure))
    ),

    centres as (
        select
            *,
            (part_count + z2 / 2) / (action_count + z2) as centre,
            sqrt(z2 * part_count * (action_count - part_count) / action_count + z2 ^ 2 / 4)
            / (action_count + z2) as reach
        from counts
    )

select
    measure,
    policy_id,
    part_count,
    action_count,
    part_count / action_count as share,
    greatest(0, centre - reach) as share_low,
    least(1, centre + reach) as share_high
from centres
order by policy_id != 'all', policy_id, measure
limit $limit
