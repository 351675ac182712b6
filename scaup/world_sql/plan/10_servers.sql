-- MCP servers and their versions. A poisoned server changes its descriptions and tools in a version
-- that nobody reviewed; a reviewed release changes them just as much, and is reviewed at once.
create table servers as
with

    counts as (
        select
            case size when 's' then 30 when 'm' then 80 when 'l' then 200 else 400 end as server_count,
            case size when 's' then 1 when 'm' then 2 when 'l' then 4 else 10 end as poisoned_count,
            case size when 's' then 4 when 'm' then 6 when 'l' then 12 else 30 end as reviewed_count
        from world
    )

select
    'srv_' || substr(hmac('server', server_no), 1, 10) as server_id,
    server_no,
    case
        when server_no < poisoned_count then 'mcp_poisoned'
        when server_no < poisoned_count + reviewed_count then 'release_reviewed'
        else 'ordinary'
    end as kind,
    after_days(world.begins_at, -20 - 200 * u('server listed', server_no)) as listed_at,
    floor(4 + 30 * exp(1.2 * normal('server calls', server_no)))::bigint as calls_a_day,
    u('orchestrates', server_no) < 0.2 as orchestrates
from world, counts, range(counts.server_count) as numbers(server_no);

create table server_versions as
with

    releases as (
        select
            servers.*,
            version_no,
            case
                when version_no = 0 then listed_at
                -- The release that matters comes between day 25 and day 60.
                when kind <> 'ordinary' and version_no = 2
                then after_days(world.begins_at, 25 + 35 * u('release', server_no))
                when kind <> 'ordinary' then after_days(world.begins_at, -15 * u('release', concat_ws('-', server_no, version_no)))
                else after_days(world.begins_at, -20 + 38 * version_no * (0.6 + 0.4 * u('release', concat_ws('-', server_no, version_no))))
            end as occurred_at,
            case
                when kind <> 'ordinary' then version_no = 2
                else u('changes', concat_ws('-', server_no, version_no)) < 0.4
            end as changes,
            world.ends_at
        from servers, world, range(3) as versions(version_no)
        where kind = 'ordinary' or version_no <> 1 or u('patch', server_no) < 0.5
    ),

    described as (
        select
            *,
            -- What a version says is what the last changing version said.
            sum(changes::integer) over (partition by server_no order by version_no) as description_no
        from releases
        where occurred_at < ends_at
    )

select
    *,
    'ver_' || substr(hmac('version', concat_ws('-', server_no, version_no)), 1, 12) as version_id,
    hmac('description', concat_ws('-', server_no, description_no)) as description_hash,
    hmac('tools', concat_ws('-', server_no, description_no)) as tools_hash,
    case
        when kind = 'mcp_poisoned' and version_no = 2 then null
        when kind = 'release_reviewed' and version_no = 2
        then occurred_at + to_minutes(60 + whole('review', server_no, 600))
        -- A patch that changes nothing may wait.
        when not changes and version_no > 0 and u('waits', concat_ws('-', server_no, version_no)) < 0.15 then null
        else occurred_at + to_minutes(120 + whole('review', concat_ws('-', server_no, version_no), 2400))
    end as reviewed_at,
    lead(occurred_at) over (partition by server_no order by version_no) as replaced_at
from described;

create table out_mcp_versions as
select
    version_id, server_id, description_hash, tools_hash, occurred_at, null::timestamptz as reviewed_at,
    occurred_at + interval 1 minute as recorded_at, 'directory' as source_system
from server_versions
union all
select
    version_id, server_id, description_hash, tools_hash, occurred_at, reviewed_at,
    reviewed_at + interval 1 minute as recorded_at, 'directory' as source_system
from server_versions
where reviewed_at < ends_at;

create table out_mcp_calls_daily as
with

    days as (
        select
            server_versions.*,
            day_no,
            concat_ws('-', server_no, version_no, day_no) as day_key,
            after_days(world.begins_at, day_no) as starts_at
        from server_versions, world, range(world.days) as days(day_no)
        where
            after_days(world.begins_at, day_no + 1) > occurred_at
            and (replaced_at is null or after_days(world.begins_at, day_no) < replaced_at)
    ),

    counted as (
        select
            *,
            floor(calls_a_day * exp(0.4 * normal('calls', day_key)))::bigint as calls,
            kind = 'mcp_poisoned' and version_no = 2 as is_poisoned
        from days
    )

select
    version_id,
    starts_at::date as day,
    calls,
    least(calls, 1 + floor(calls * (0.2 + 0.3 * u('callers', day_key)))::bigint) as accounts,
    floor(
        calls * case when is_poisoned then 0.08 + 0.1 * u('cross', day_key) when orchestrates then 0.02 + 0.04 * u('cross', day_key) else 0.004 * u('cross', day_key) end
        + u('cross rest', day_key) * case when is_poisoned then 1 else 0.3 end
    )::bigint as cross_server_calls,
    floor(
        calls * case when is_poisoned then 0.04 + 0.08 * u('fields', day_key) else 0.002 * u('fields', day_key) end
        + u('fields rest', day_key) * case when is_poisoned then 1.2 else 0.05 end + case when u('odd day', day_key) < 0.01 then 1 else 0 end
    )::bigint as extraneous_fields,
    round(0.03 * u('errors', day_key), 4) as error_rate,
    starts_at + interval 24 hour - interval 3 minute + to_seconds(whole('sent', day_key, 170)) as recorded_at,
    'directory' as source_system
from counted
where calls > 0;
