-- When and from where an account is at work: a burst is one conversation, job or session.
-- What a script lays down has bursts of its own, one to a conversation.
create or replace table block_bursts as
with

    all_bursts as (
        select
            account_no,
            day_no,
            day_key,
            unnest(range(burst_count)) as burst_no,
            null::varchar as conversation_key
        from block_days
        where request_count > 0
        union all by name
        select
            account_no,
            script_day as day_no,
            (md5_number_lower(concat_ws('|', getvariable('seed'), 'script', any_value(conversation_key))) >> 32)::bigint as day_key,
            500000 + row_number() over (partition by account_no, script_day order by conversation_key) as burst_no,
            conversation_key
        from scripted
        where script_day >= getvariable('first_day') and script_day < getvariable('last_day')
        group by account_no, script_day, conversation_key
    ),

    keyed as (
        select
            *,
            draw(day_key, 90000000 + burst_no) as burst_key
        from all_bursts
    ),

    first_lanes as (
        select
            *,
            lane(burst_key, 1) as lane_1,
            lane(burst_key, 2) as lane_2,
            lane(burst_key, 3) as lane_3,
            lane(burst_key, 4) as lane_4,
            lane(burst_key, 5) as lane_5
        from keyed
    ),

    second_lanes as (select columns(lambda name: not starts_with(name, 'lane_')), round_1(columns('^lane_')) as '\0' from first_lanes),

    third_lanes as (select columns(lambda name: not starts_with(name, 'lane_')), round_2(columns('^lane_')) as '\0' from second_lanes),

    lanes as (select columns(lambda name: not starts_with(name, 'lane_')), round_3(columns('^lane_')) as '\0' from third_lanes),

    held as (
        select
            lanes.*,
            habits.kind,
            habits.hour_centre,
            habits.hour_spread,
            habits.active_from,
            habits.active_to,
            habits.paused_from,
            habits.paused_to,
            account_keys.* exclude (account_no, kind, person_key, country),
            case
                when conversation_key is not null then 'chat'
                when upper_share(lane_3) < api_share then 'api'
                when upper_share(lane_3) < api_share + mcp_share then 'mcp'
                else 'chat'
            end as surface
        from lanes
        join habits using (account_no)
        join account_keys using (account_no)
    ),

    placed as (
        select
            *,
            case
                when hour_spread >= 12 then 24 * share(lane_1)
                else (hour_centre + hour_spread * bell(lane_1, lane_2)) % 24 + 24
            end as burst_hour,
            case
                when kind = 'distillation_hydra' then list_extract([network_a, network_b, network_c], 1 + lane_4 % 3)
                when upper_share(lane_4) < 0.74 or surface <> 'chat' and kind = 'developer' then network_a
                when upper_share(lane_4) < 0.94 then network_b
                else network_c
            end as network_key,
            case when lower_share(lane_3) < 0.8 then device_a else device_b end as device_key,
            case
                when surface = 'chat' and kind <> 'distillation_hydra' then header_app
                -- Clients are updated once, some time in the window or after it.
                when day_no < (account_no * 37) % 120 then header_a
                else header_b
            end as header_no
        from held
    )

select
    (placed.account_no * 512 + day_no) * 1048576 + burst_no as burst_id,
    placed.account_no,
    burst_no,
    conversation_key,
    day_no,
    burst_key,
    -- Moments are microseconds since 1970 until the last step: calendar arithmetic is slow.
    1772323200000000 + day_no * 86400000000 as day_starts_us,
    (burst_hour * 3600000000)::bigint as starts_after_us,
    epoch_us(active_from) as active_from_us,
    epoch_us(active_to) as active_to_us,
    coalesce(epoch_us(paused_from), 0) as paused_from_us,
    coalesce(epoch_us(paused_to), 0) as paused_to_us,
    placed.kind,
    surface,
    lane_5 as topic,
    roster.account_id,
    orgs.org_id,
    case when surface <> 'chat' then 'key_' || lpad(placed.account_no::varchar, 7, '0') end as api_key_id,
    case
        when conversation_key is not null then 'cnv_' || substr(hmac('conversation', conversation_key), 1, 18)
        when surface = 'chat'
        then 'cnv_' || lpad(placed.account_no::varchar, 7, '0') || lpad(day_no::varchar, 3, '0') || lpad(burst_no::varchar, 5, '0')
    end as conversation_id,
    substr(hmac('address', networks.network_no * 1000 + lane_2 % networks.host_count), 1, 24) as ip_hmac,
    networks.ip_prefix_hmac,
    networks.asn,
    networks.country,
    networks.ip_type,
    devices.device_id,
    headers.client,
    headers.header_hash
from placed
join roster using (account_no)
left join orgs using (org_key)
join networks using (network_key)
join headers using (header_no)
left join devices using (device_key);
