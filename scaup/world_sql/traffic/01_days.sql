-- Who is there on the days from $first_day to before $last_day, and how many requests they send.
create or replace table block_days as
with

    present as (
        select
            habits.*,
            day_no,
            case when isodow(date '2026-03-01' + day_no::integer) >= 6 then weekend_factor else 1 end
            * 7 / (5 + 2 * weekend_factor) as weekday_factor,
            mix((habits.account_no * 2654435761 + getvariable('seed') * 40503) & 4294967295) as account_key
        from habits, range(getvariable('first_day'), getvariable('last_day')) as days(day_no)
        where
            active_from < timestamptz '2026-03-01 00:00:00+00' + to_days(day_no::integer + 1)
            and active_to > timestamptz '2026-03-01 00:00:00+00' + to_days(day_no::integer)
    ),

    keyed as (
        select
            *,
            draw(account_key, day_no) as day_key
        from present
    ),

    first_lanes as (
        select
            *,
            lane(day_key, 1) as lane_1,
            lane(day_key, 2) as lane_2,
            lane(day_key, 3) as lane_3,
            lane(day_key, 4) as lane_4
        from keyed
    ),

    second_lanes as (select columns(lambda name: not starts_with(name, 'lane_')), round_1(columns('^lane_')) as '\0' from first_lanes),

    third_lanes as (select columns(lambda name: not starts_with(name, 'lane_')), round_2(columns('^lane_')) as '\0' from second_lanes),

    lanes as (select columns(lambda name: not starts_with(name, 'lane_')), round_3(columns('^lane_')) as '\0' from third_lanes)

select
    account_no,
    day_no,
    day_key,
    -- Load balancers hand out evenly; people do not.
    floor(
        case when is_even then rate * (0.92 + 0.16 * share(lane_2))
            else rate * weekday_factor * exp(0.55 * bell(lane_2, lane_3) - 0.15)
        end
        + share(lane_4)
    )::bigint as request_count,
    greatest(1, round(request_count / burst_size))::bigint as burst_count
from lanes
where share(lane_1) < active_share;
