-- The same requests as the provider's log has them: everything that the contract asks for, and
-- some columns more from which scores, uploads and conversations are made.
create or replace table block_requests as
with

    surfaced as (
        select
            block_plan.*,
            case
                when text_kind = 'script' then 'chat'
                when unit(burst_key, 7) < api_share then 'api'
                when unit(burst_key, 7) < api_share + mcp_share then 'mcp'
                else 'chat'
            end as surface,
            habits.kind,
            habits.person_key,
            roster.account_id,
            roster.org_key,
            orgs.org_id,
            case
                when habits.kind = 'distillation_hydra'
                then list_extract([network_a, network_b, network_c], 1 + (draw(burst_key, 8) % 3))
                when unit(burst_key, 8) < 0.74 or surface <> 'chat' and habits.kind = 'developer' then network_a
                when unit(burst_key, 8) < 0.94 then network_b
                else network_c
            end as network_key,
            case when unit(burst_key, 9) < 0.8 then account_keys.device_a else account_keys.device_b end as device_key,
            case
                when surface = 'chat' and habits.kind <> 'distillation_hydra' then header_app
                -- Clients are updated once, some time in the window.
                when block_plan.day_no < draw(account_keys.account_no, 3) % 120 then header_a
                else header_b
            end as header_no,
            prompts.* exclude (account_no, language)
        from block_plan
        join habits using (account_no)
        join account_keys using (account_no)
        join prompts using (account_no)
        join roster using (account_no)
        left join orgs using (org_key)
    ),

    lengths as (
        select
            surfaced.*,
            kind = 'distillation_hydra' and text_kind = 'side' as is_extraction,
            case
                when adopts_at <= occurred_at and unit(request_key, 14) < adoption_share then 'model-c'
                when prefers_reasoning or kind = 'distillation_hydra' and unit(request_key, 15) < 0.3 then 'model-b'
                else 'model-a'
            end as model_version,
            greatest(
                1,
                round(
                    case
                        when unit(request_key, 16) < fixed_share then input_mean
                        else input_mean * exp(input_spread * bell(request_key, 17) - input_spread * input_spread / 2)
                    end
                    -- A conversation carries what was said before.
                    * case when surface = 'chat' then 0.6 + 1.6 * burst_fraction else 1 end
                )
            )::bigint as drawn_input,
            greatest(
                1,
                round(output_mean * exp(output_spread * bell(request_key, 19) - output_spread * output_spread / 2))
            )::bigint as drawn_output
        from surfaced
    ),

    answered as (
        select
            lengths.*,
            case
                when surface <> 'chat' and draw(request_key, 21) % 1000 < 6 then 429
                when draw(request_key, 21) % 1000 < 9 then 500
                when draw(request_key, 21) % 1000 < 12 then 400
                else 200
            end as status,
            unit(request_key, 22) < coalesce(
                refused_share,
                case
                    when task_label in ('threat_script', 'payment_demand', 'harassment', 'recruitment_ad') then 0.3
                    when task_label = 'image_sexualisation' then 0.75
                    when task_label in ('debt_terms', 'document_retention', 'reasoning_trace') then 0.08
                    when task_label in ('intimacy', 'roleplay') then 0.03
                    else 0.006
                end
            ) as is_refused
        from lengths
    )

select
    'req_' || lpad(account_no::varchar, 7, '0') || lpad(day_no::varchar, 3, '0') || lpad(ordinal::varchar, 6, '0')
        as request_id,
    occurred_at,
    surface,
    account_id,
    org_id,
    case when surface <> 'chat' then 'key_' || lpad(account_no::varchar, 7, '0') end as api_key_id,
    case
        when conversation_key is not null then 'cnv_' || substr(hmac('conversation', conversation_key), 1, 18)
        when surface = 'chat'
        then 'cnv_' || lpad(account_no::varchar, 7, '0') || lpad(day_no::varchar, 3, '0') || lpad(burst_no::varchar, 5, '0')
    end as conversation_id,
    model_version,
    drawn_input as input_tokens,
    case
        when status <> 200 then 0
        when is_refused then 20 + draw(request_key, 23) % 60
        when is_extraction and surface <> 'chat' then max_tokens - draw(request_key, 24) % 150
        when is_extraction then 3900 + draw(request_key, 24) % 196
        else least(drawn_output, coalesce(max_tokens, drawn_output))
    end::bigint as output_tokens,
    case when surface <> 'chat' then max_tokens end as max_tokens,
    case
        when surface = 'mcp' then 1 + draw(request_key, 25) % 5
        when surface = 'api' and unit(request_key, 25) < 0.12 then 1 + draw(request_key, 26) % 3
        else 0
    end::bigint as tool_calls,
    status,
    hex16(wide(mix((networks.network_no * 977 + draw(burst_key, 10) % networks.host_count) & 4294967295), 1)) as ip_hmac,
    networks.ip_prefix_hmac,
    networks.asn,
    networks.country,
    case when surface = 'chat' then devices.device_id end as device_id,
    headers.client,
    headers.header_hash,
    hex16(template_number) as template_hash,
    hex16(slot_number) as slot_hash,
    xor(
        template_number::ubigint,
        xor(1::ubigint << (draw(request_key, 27) % 63)::ubigint, 1::ubigint << (draw(request_key, 28) % 63)::ubigint)
    ) as prompt_simhash,
    -- Block 0 is everybody's; what follows belongs to the conversation or the template.
    case
        when drawn_input >= 512
        then
            list_transform(
                range(least(drawn_input // 512, 12)),
                lambda block_no: case when block_no = 0 then 1
                    else (case when surface = 'chat' then burst_key else template_number & 4294967295 end) * 4096 + block_no
                end
            )
    end as prefix_block_hashes,
    case when system_key is not null and surface <> 'chat' then hex16(wide(system_key, 1)) end as system_hash,
    task_label,
    language,
    case
        when target_name is not null then hmac('target', target_name)
        -- Public figures are named by many, innocently.
        when task_label in ('writing', 'roleplay', 'fiction', 'image_edit', 'harassment') and draw(request_key, 29) % 100 < 4
        then hmac('target', 'famous-' || floor(60 * pow(unit(request_key, 30), 2))::bigint::varchar)
    end as target_hmac,
    case
        when contact_name is not null then hmac('contact', contact_name)
        when task_label in ('outreach', 'job_offer') and draw(request_key, 31) % 100 < 60
        then hmac('contact', contact_owner || '-' || (draw(request_key, 32) % contact_count)::varchar)
    end as contact_hmac,
    case
        when place_code is not null then place_code
        when task_label in ('outreach', 'job_offer') and draw(request_key, 33) % 100 < 60
        then 'plc_' || lpad(((draw(mix(pool_key), 34 + draw(request_key, 35) % place_count)) % 400)::varchar, 4, '0')
    end as place_code,
    is_refused and status = 200 as refused,
    -- One event in a hundred arrives days late; none later than the last day.
    case
        when draw(request_key, 40) % 1000 < 10 and day_no + late_by(request_key) < getvariable('days')
        then late_by(request_key)
        else 0
    end as late_days,
    day_no + late_days as release_day,
    occurred_at + to_days(late_days::integer) + to_microseconds(30000000 + draw(request_key, 36) % 240000000)
        as recorded_at,
    'gateway' as source_system,
    account_no,
    day_no,
    request_key,
    coalesce(score_case, 'label:' || task_label) as score_case,
    coalesce(
        image_key,
        case
            when task_label = 'image_edit' and text_kind <> 'script'
            then
                case when draw(request_key, 37) % 100 < 8 then 'meme|' || floor(40 * pow(unit(request_key, 38), 2))::bigint::varchar
                    else 'own|' || request_id
                end
            when surface = 'chat' and draw(request_key, 37) % 100 < 2 then 'file|' || request_id
        end
    ) as image_key,
    devices.device_id as login_device_id,
    networks.ip_type
from answered
join networks using (network_key)
join headers using (header_no)
left join devices using (device_key);
