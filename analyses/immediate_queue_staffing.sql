with

    given as (
        select
            $arrivals_per_hour * $handle_seconds / 3600.0::double as load,
            $handle_seconds / $patience_seconds as handling_per_patience,
            $target_seconds / $handle_seconds as target_per_handling,
            least($most_people, 500) as most_people
    ),

    people as (select given.*, unnest(range(1, most_people + 1)) as people from given),

    -- How likely so many tasks are present, before scaling. Up to so many people all are being
    -- worked on; beyond, the
    -- others wait, and in Erlang's A those who wait lose patience.
    states as (
        select
            people,
            load,
            handling_per_patience,
            target_per_handling,
            unnest(range(0, 4 * people + 400)) as present
        from people
    ),

    steps as (
        select
            *,
            case when present = 0 then 0 else ln(load) - ln(least(present, people)) end as step_c,
            case
                when present = 0
                then 0
                else
                    ln(load) - ln(
                        least(present, people)
                        + greatest(present - people, 0) * handling_per_patience
                    )
            end as step_a
        from states
    ),

    weights as (
        select
            people,
            load,
            handling_per_patience,
            target_per_handling,
            present,
            exp(sum(step_c) over (partition by people order by present) - load) as weight_c,
            exp(sum(step_a) over (partition by people order by present) - load) as weight_a
        from steps
    ),

    sums as (
        select
            people,
            any_value(load) as load,
            any_value(target_per_handling) as target_per_handling,
            any_value(handling_per_patience) as handling_per_patience,
            sum(weight_c order by present) filter (where present < people) as idle_c,
            -- Beyond the people a geometric row, summed to its end.
            max(weight_c) filter (where present = people) as full_c,
            sum(weight_a order by present) as all_a,
            sum(weight_a order by present) filter (where present >= people) as waiting_a,
            sum(weight_a * (present - people) order by present) filter (
                where present > people
            ) as queue_a
        from weights
        group by people
    ),

    erlang as (
        select
            *,
            case
                when load < people
                then full_c / (1 - load / people) / (idle_c + full_c / (1 - load / people))
            end as waits_c,
            waiting_a / all_a as waits_a,
            queue_a / all_a as queue_length_a
        from sums
    )

select
    people::bigint as people,
    load / people as occupancy,
    waits_c as erlang_c_waiting_share,
    waits_c * $handle_seconds / nullif(people - load, 0) as erlang_c_mean_wait_seconds,
    1 - waits_c * exp(- (people - load) * target_per_handling) as erlang_c_in_target_share,
    waits_a as erlang_a_waiting_share,
    -- Little: who waits leaves at the rate of impatience.
    queue_length_a * handling_per_patience / load as erlang_a_abandoned_share,
    queue_length_a * $handle_seconds / load as erlang_a_mean_wait_seconds
from erlang
order by people
