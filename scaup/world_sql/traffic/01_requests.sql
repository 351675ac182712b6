-- The requests of the days from $first_day to before $last_day, still in numbers.
create or replace table block_days as
with

    account_days as (
        select
            habits.account_no,
            day_no,
            mix((habits.account_no * 2654435761 + getvariable('seed') * 40503) & 4294967295) as account_key,
            habits.* exclude (account_no),
            case when isodow(date '2026-03-01' + day_no::integer) >= 6 then weekend_factor else 1 end
            * 7 / (5 + 2 * weekend_factor) as weekday_factor
        from habits, range(getvariable('first_day'), getvariable('last_day')) as days(day_no)
        where
            active_from < timestamptz '2026-03-01 00:00:00+00' + to_days(day_no::integer + 1)
            and active_to > timestamptz '2026-03-01 00:00:00+00' + to_days(day_no::integer)
    ),

    keyed_days as (
        select
            *,
            draw(account_key, day_no) as day_key
        from account_days
    )

select
    account_no,
    day_no,
    day_key,
    -- Load balancers hand out evenly; people do not.
    floor(
        case when is_even then rate * (0.92 + 0.16 * unit(day_key, 2))
            else rate * weekday_factor * exp(0.55 * bell(day_key, 3) - 0.15)
        end
        + unit(day_key, 5)
    )::bigint as request_count,
    greatest(1, round(request_count / burst_size))::bigint as burst_count
from keyed_days
where unit(day_key, 1) < active_share;

create or replace table block_plan as
with

    ordinary as (
        select
            account_no,
            day_no,
            burst_count,
            request_count,
            day_key,
            unnest(range(request_count)) as ordinal
        from block_days
    ),

    keyed as (
        select
            ordinary.*,
            habits.* exclude (account_no),
            draw(day_key, 1000 + ordinal) as request_key,
            case when gap_power = 0 then ordinal % burst_count
                else (draw(day_key, 50000000 + ordinal) * burst_count) >> 32
            end as burst_no
        from ordinary
        join habits using (account_no)
    ),

    grouped as (
        select
            *,
            draw(day_key, 90000000 + burst_no) as burst_key
        from keyed
    ),

    timed as (
        select
            account_no,
            day_no,
            ordinal,
            burst_no,
            request_key,
            burst_key,
            case
                when gap_power = 0
                then (ordinal // burst_count + 0.1 * unit(request_key, 1)) * burst_count / request_count
                else pow(unit(request_key, 1), gap_power)
            end as burst_fraction,
            case
                when hour_spread >= 12 then 24 * unit(burst_key, 1)
                else (hour_centre + hour_spread * bell(burst_key, 2)) % 24 + 24
            end as burst_hour,
            burst_minutes,
            active_from,
            active_to,
            paused_from,
            paused_to
        from grouped
    ),

    placed as (
        select
            *,
            timestamptz '2026-03-01 00:00:00+00'
            + to_days(day_no::integer)
            + to_microseconds(
                (floor(burst_hour * 3600000000)::bigint + floor(burst_fraction * burst_minutes * 60000000)::bigint)
                % 86400000000
            ) as occurred_at
        from timed
    ),

    chosen as (
        select
            placed.* exclude (active_from, active_to, paused_from, paused_to, burst_hour, burst_minutes),
            prompts.* exclude (account_no),
            unit(request_key, 3) < side_share as is_side,
            unit(request_key, 4) as text_draw
        from placed
        join prompts using (account_no)
        where
            occurred_at >= active_from
            and occurred_at < active_to
            and not coalesce(occurred_at >= paused_from and occurred_at < paused_to, false)
    ),

    texts as (
        select
            *,
            case
                when is_side then 'side'
                when text_draw < free_share then 'free'
                when text_draw < free_share + popular_share then 'popular'
                else 'pool'
            end as text_kind
        from chosen
    ),

    templates as (
        select
            *,
            case text_kind
                when 'side' then (draw(request_key, 5) * side_pool_size) >> 32
                when 'popular' then floor(40 * pow(unit(request_key, 5), 3))::bigint
                when 'pool' then floor(pool_size * pow(unit(request_key, 5), 1.7))::bigint
                else 0
            end as template_no,
            case text_kind when 'side' then side_pool_key when 'popular' then 12345 else pool_key end as text_pool_key
        from texts
    ),

    template_keys as (
        select
            *,
            draw(text_pool_key, template_no) as template_key
        from templates
    ),

    worded as (
        select
            *,
            case text_kind when 'free' then wide(request_key, 6) else wide(template_key, 1) end as template_number
        from template_keys
    )

select
    account_no,
    day_no,
    ordinal,
    request_key,
    burst_key,
    burst_no,
    burst_fraction,
    occurred_at,
    text_kind,
    template_number,
    case
        when text_kind = 'free' then null
        when slot_variety = 0 or text_kind = 'side' then wide(request_key, 8)
        else wide(draw(template_key, 3 + draw(request_key, 8) % slot_variety), 1)
    end as slot_number,
    case when text_kind in ('pool', 'side') then draw(mix(template_key), 1 + template_no % system_count) end as system_key,
    case
        -- One request in three thousand is labelled as something that it is not.
        when draw(request_key, 10) % 3000 = 0
        then
            list_extract(
                [
                    'threat_script', 'harassment', 'recruitment_ad', 'image_sexualisation', 'intimacy',
                    'persona_building', 'help_seeking', 'debt_terms', 'reasoning_trace', 'rubric_grading',
                    'document_retention', 'payment_demand'
                ],
                1 + draw(request_key, 11) % 12
            )
        when text_kind = 'side' then list_extract(side_labels, 1 + template_number % len(side_labels))
        when text_kind = 'popular'
        then list_extract(['chat_general', 'summarisation', 'translation', 'writing'], 1 + template_number % 4)
        -- The topic of free text lasts for a conversation; that of a template for ever.
        when text_kind = 'free' then list_extract(labels, 1 + draw(burst_key, 4) % len(labels))
        else list_extract(labels, 1 + template_number % len(labels))
    end as task_label,
    case when unit(request_key, 12) < other_language_share
        then list_extract(['en', 'en', 'en', 'es', 'fr', 'zh', 'de', 'ru'], 1 + draw(burst_key, 5) % 8)
        else language
    end as language,
    null::varchar as target_name,
    null::varchar as contact_name,
    null::varchar as place_code,
    null::varchar as conversation_key,
    null::varchar as image_key,
    null::varchar as score_case,
    null::double as refused_share
from worded
union all by name
select
    script.account_no,
    script_day as day_no,
    ordinal,
    draw(mix((script.account_no * 2654435761 + 17) & 4294967295), epoch_us(script.occurred_at) // 1000 % 1000000007 + ordinal) as request_key,
    (md5_number_lower(concat_ws('|', getvariable('seed'), 'script', script.conversation_key)) >> 32)::bigint as burst_key,
    0 as burst_no,
    0.3 as burst_fraction,
    script.occurred_at,
    'script' as text_kind,
    (md5_number_lower(concat_ws('|', getvariable('seed'), 'template', script.template_name)) >> 1)::bigint as template_number,
    (md5_number_lower(concat_ws('|', getvariable('seed'), 'slot', script.slot_name)) >> 1)::bigint as slot_number,
    null as system_key,
    script.* exclude (account_no, occurred_at, template_name, slot_name, script_day, ordinal)
from scripted as script
join habits using (account_no)
where
    script_day >= getvariable('first_day')
    and script_day < getvariable('last_day')
    and script.occurred_at >= habits.active_from
    and script.occurred_at < habits.active_to
    and not coalesce(script.occurred_at >= habits.paused_from and script.occurred_at < habits.paused_to, false);
