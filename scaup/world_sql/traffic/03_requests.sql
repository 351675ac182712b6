-- One row per request: everything that the contract asks for, and a few columns more, from which
-- scores, uploads and logins are made.
create or replace table block_requests as
with

    ordinary as (
        select
            account_no,
            day_no,
            day_key,
            request_count,
            burst_count,
            unnest(range(request_count)) as ordinal
        from block_days
    ),

    keyed as (
        select
            ordinary.*,
            draw(day_key, 1000 + ordinal) as request_key
        from ordinary
    ),

    -- Requests of a script bring their own words; everything else about them is drawn as usual.
    with_scripts as (
        select
            account_no,
            day_no,
            ordinal,
            request_key,
            request_count,
            burst_count,
            null::bigint as scripted_burst,
            null::varchar as template_name
        from keyed
        union all by name
        select
            scripted.account_no,
            script_day as day_no,
            ordinal,
            draw(mix((scripted.account_no * 2654435761 + script_day) & 4294967295), ordinal) as request_key,
            1 as request_count,
            1 as burst_count,
            block_bursts.burst_no as scripted_burst,
            epoch_us(occurred_at) as scripted_us,
            scripted.* exclude (account_no, script_day, ordinal, conversation_key, occurred_at)
        from scripted
        join block_bursts
            on block_bursts.account_no = scripted.account_no
            and block_bursts.day_no = scripted.script_day
            and block_bursts.conversation_key = scripted.conversation_key
    ),

    first_lanes as (
        select
            *,
            lane(request_key, 1) as lane_1,
            lane(request_key, 2) as lane_2,
            lane(request_key, 3) as lane_3,
            lane(request_key, 4) as lane_4,
            lane(request_key, 5) as lane_5,
            lane(request_key, 6) as lane_6,
            lane(request_key, 7) as lane_7,
            lane(request_key, 8) as lane_8,
            lane(request_key, 9) as lane_9,
            lane(request_key, 10) as lane_10,
            lane(request_key, 11) as lane_11,
            lane(request_key, 12) as lane_12,
            lane(request_key, 13) as lane_13,
            lane(request_key, 14) as lane_14,
            lane(request_key, 15) as lane_15,
            lane(request_key, 16) as lane_16,
            lane(request_key, 17) as lane_17,
            lane(request_key, 18) as lane_18,
            lane(request_key, 19) as lane_19,
            lane(request_key, 20) as lane_20
        from with_scripts
    ),

    second_lanes as (select columns(lambda name: not starts_with(name, 'lane_')), round_1(columns('^lane_')) as '\0' from first_lanes),

    third_lanes as (select columns(lambda name: not starts_with(name, 'lane_')), round_2(columns('^lane_')) as '\0' from second_lanes),

    lanes as (select columns(lambda name: not starts_with(name, 'lane_')), round_3(columns('^lane_')) as '\0' from third_lanes),

    in_bursts as (
        select
            lanes.*,
            gap_power,
            burst_minutes,
            (lanes.account_no * 512 + day_no) * 1048576
            + case
                when scripted_burst is not null then scripted_burst
                when gap_power = 0 then ordinal % burst_count
                else (lane_2 * burst_count) >> 32
            end as burst_id,
            case
                when scripted_burst is not null then 0.3
                when gap_power = 0 then (ordinal // burst_count + 0.1 * share(lane_1)) * burst_count / request_count
                else pow(share(lane_1), gap_power)
            end as burst_fraction
        from lanes
        join habits using (account_no)
    ),

    timed as (
        select
            in_bursts.* exclude (account_no, day_no, scripted_us),
            block_bursts.* exclude (burst_id, conversation_key),
            coalesce(
                scripted_us,
                day_starts_us + (starts_after_us + (burst_fraction * burst_minutes * 60000000)::bigint) % 86400000000
            ) as occurred_us
        from in_bursts
        join block_bursts using (burst_id)
    ),

    sent as (
        select
            timed.* exclude (language),
            prompts.* exclude (account_no, language),
            coalesce(timed.language, case when upper_share(lane_8) < other_language_share
                then list_extract(['en', 'en', 'en', 'es', 'fr', 'zh', 'de', 'ru'], 1 + topic % 8) else prompts.language end) as language,
            case
                when scripted_burst is not null then 'script'
                when upper_share(lane_3) < side_share then 'side'
                when lower_share(lane_3) < free_share then 'free'
                when lower_share(lane_3) < free_share + popular_share then 'popular'
                else 'pool'
            end as text_kind
        from timed
        join prompts using (account_no)
        where
            occurred_us >= active_from_us
            and occurred_us < active_to_us
            and not (occurred_us >= paused_from_us and occurred_us < paused_to_us)
    ),

    templated as (
        select
            *,
            case text_kind
                when 'side' then (lane_4 * side_pool_size) >> 32
                when 'popular' then floor(40 * pow(share(lane_4), 3))::bigint
                when 'pool' then floor(pool_size * pow(share(lane_4), 1.7))::bigint
                else 0
            end as template_no,
            case text_kind when 'side' then side_pool_key when 'popular' then 12345 else pool_key end as text_pool_key
        from sent
    ),

    template_keys as (
        select
            *,
            draw(text_pool_key, template_no) as template_key
        from templated
    ),

    worded as (
        select
            *,
            case text_kind
                when 'free' then wide(lane_5, lane_6)
                when 'script' then (md5_number_lower(concat_ws('|', getvariable('seed'), 'template', template_name)) >> 1)::bigint
                else (template_key << 20) + template_no
            end as template_number,
            case
                when text_kind = 'free' then null
                when text_kind = 'script' then (md5_number_lower(concat_ws('|', getvariable('seed'), 'slot', slot_name)) >> 1)::bigint
                when slot_variety = 0 or text_kind = 'side' then wide(lane_5, lane_6)
                else (template_key << 10) + lane_5 % slot_variety
            end as slot_number
        from template_keys
    ),

    labelled as (
        select
            * exclude (task_label),
            -- Days on which somebody is in the news, and one talk in twelve is about them.
            kind = 'consumer' and text_kind = 'free' and day_no in (33, 58, 77) and topic % 12 = 0 as is_news,
            case
                when text_kind = 'script' then task_label
                when is_news then case when lane_18 % 100 < 15 then 'harassment' else 'writing' end
                -- One request in three thousand is labelled as something that it is not.
                when lane_7 % 3000 = 0
                then
                    list_extract(
                        [
                            'threat_script', 'harassment', 'recruitment_ad', 'image_sexualisation', 'intimacy',
                            'persona_building', 'help_seeking', 'debt_terms', 'reasoning_trace', 'rubric_grading',
                            'document_retention', 'payment_demand'
                        ],
                        1 + lane_6 % 12
                    )
                when text_kind = 'side' then list_extract(side_labels, 1 + template_no % len(side_labels))
                when text_kind = 'popular'
                then list_extract(['chat_general', 'summarisation', 'translation', 'writing'], 1 + template_key % 4)
                -- The topic of free text lasts for a conversation; that of a template for ever.
                when text_kind = 'free' then list_extract(labels, 1 + topic % len(labels))
                else list_extract(labels, 1 + template_key % len(labels))
            end as task_label,
            case
                when epoch_us(adopts_at) <= occurred_us and lower_share(lane_8) < adoption_share then 'model-c'
                when prefers_reasoning or kind = 'distillation_hydra' and lower_share(lane_9) < 0.3 then 'model-b'
                else 'model-a'
            end as model_version,
            greatest(
                1,
                round(
                    case when upper_share(lane_9) < fixed_share then input_mean
                        else input_mean * exp(input_spread * bell(lane_10, lane_11) - input_spread * input_spread / 2)
                    end
                    -- A conversation carries what was said before.
                    * case when surface = 'chat' then 0.6 + 1.6 * burst_fraction else 1 end
                )
            )::bigint as input_tokens,
            greatest(
                1, round(output_mean * exp(output_spread * bell(lane_12, lane_13) - output_spread * output_spread / 2))
            )::bigint as drawn_output,
            case
                when surface <> 'chat' and lane_14 % 1000 < 6 then 429
                when lane_14 % 1000 < 9 then 500
                when lane_14 % 1000 < 12 then 400
                else 200
            end as status,
            kind = 'distillation_hydra' and text_kind = 'side' as is_extraction
        from worded
    ),

    answered as (
        select
            *,
            status = 200 and share(lane_15) < coalesce(
                refused_share,
                case
                    when task_label in ('threat_script', 'payment_demand', 'harassment', 'recruitment_ad') then 0.3
                    when task_label = 'image_sexualisation' then 0.75
                    when task_label in ('debt_terms', 'document_retention', 'reasoning_trace') then 0.08
                    when task_label in ('intimacy', 'roleplay') then 0.03
                    else 0.006
                end
            ) as refused,
            -- One event in a hundred arrives days late; none after the last day.
            case when lane_20 % 1000 < 10 and day_no + 1 + (lane_20 >> 16) % 4 < getvariable('days')
                then 1 + (lane_20 >> 16) % 4
                else 0
            end as late_days
        from labelled
    )

select
    'req_' || lpad(account_no::varchar, 7, '0') || lpad(day_no::varchar, 3, '0') || lpad(ordinal::varchar, 6, '0')
        as request_id,
    make_timestamptz(occurred_us) as occurred_at,
    surface,
    account_id,
    org_id,
    api_key_id,
    conversation_id,
    model_version,
    input_tokens,
    case
        when status <> 200 then 0
        when refused then 20 + lane_16 % 60
        when is_extraction then 3946 + lane_16 % 151
        else least(drawn_output, coalesce(max_tokens, drawn_output))
    end::bigint as output_tokens,
    case when surface <> 'chat' then max_tokens end as max_tokens,
    case
        when surface = 'mcp' then 1 + lane_16 % 5
        when surface = 'api' and upper_share(lane_16) < 0.12 then 1 + lane_16 % 3
        else 0
    end::bigint as tool_calls,
    status,
    ip_hmac,
    ip_prefix_hmac,
    asn,
    country,
    case when surface = 'chat' then device_id end as device_id,
    client,
    header_hash,
    hex16(template_number) as template_hash,
    hex16(slot_number) as slot_hash,
    xor(template_number::ubigint, xor(1::ubigint << (lane_17 % 63)::ubigint, 1::ubigint << ((lane_17 >> 16) % 63)::ubigint))
        as prompt_simhash,
    -- Block 0 is everybody's; what follows belongs to the conversation or the template.
    case
        when input_tokens >= 512
        then
            list_transform(
                range(least(input_tokens // 512, 12)),
                lambda block_no: case when block_no = 0 then 1
                    else case when surface = 'chat' then burst_key else template_number % 4294967296 end * 4096 + block_no
                end
            )
    end as prefix_block_hashes,
    case when surface <> 'chat' and text_kind in ('pool', 'side') then hex16((text_pool_key << 8) + template_no % system_count) end
        as system_hash,
    task_label,
    language,
    case
        when target_name is not null then hmac('target', target_name)
        when is_news then hmac('target', 'in the news on day ' || day_no)
        -- Public figures are named by many, innocently.
        when task_label in ('writing', 'roleplay', 'fiction', 'image_edit', 'harassment') and lane_18 % 100 < 4
        then hmac('target', 'famous-' || floor(60 * pow(share(lane_19), 2))::bigint::varchar)
    end as target_hmac,
    case
        when contact_name is not null then hmac('contact', contact_name)
        when task_label in ('outreach', 'job_offer') and lane_18 % 100 < 60
        then hmac('contact', contact_owner || '-' || (lane_19 % contact_count)::varchar)
    end as contact_hmac,
    case
        when place_code is not null then place_code
        when task_label in ('outreach', 'job_offer') and (lane_18 >> 16) % 100 < 60
        then 'plc_' || lpad(((pool_key + 7919 * ((lane_19 >> 16) % place_count)) % 400)::varchar, 4, '0')
    end as place_code,
    refused,
    make_timestamptz(occurred_us + late_days * 86400000000 + 30000000 + lane_19 % 240000000) as recorded_at,
    'gateway' as source_system,
    account_no,
    day_no,
    request_key,
    day_no + late_days as release_day,
    coalesce(score_case, 'label:' || task_label) as score_case,
    coalesce(
        image_key,
        case
            when task_label = 'image_edit' and text_kind <> 'script'
            then
                case when lane_18 % 100 < 8 then 'meme|' || floor(40 * pow(share(lane_19), 2))::bigint::varchar
                    else 'own|' || account_no || '-' || day_no || '-' || ordinal
                end
            when surface = 'chat' and lane_18 % 100 >= 98 then 'file|' || account_no || '-' || day_no || '-' || ordinal
        end
    ) as image_key,
    device_id as login_device_id,
    ip_type
from answered;
