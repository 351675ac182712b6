with

    versions as (
        select
            mcp_versions.*,
            lag(version_id) over server_history as previous_version_id,
            description_hash <> lag(description_hash) over server_history as description_changed,
            tools_hash <> lag(tools_hash) over server_history as tools_changed,
            lead(occurred_at) over server_history as replaced_at
        from {{ ref("stg_mcp_versions") }} as mcp_versions
        window server_history as (partition by server_id order by occurred_at, version_id)
    ),

    calls as (
        select
            version_id,
            sum(calls)::bigint as call_count,
            max(accounts) as most_accounts_a_day,
            sum(accounts)::bigint as account_day_count,
            sum(cross_server_calls)::bigint as cross_server_call_count,
            min(day) as first_called_on,
            max(day) as last_called_on
        from {{ ref("stg_mcp_calls_daily") }}
        group by version_id
    ),

    reports as (
        select mcp_server_version_id as version_id, count(*) as report_count
        from {{ ref("stg_user_reports") }}
        where duplicate_of is null
        group by mcp_server_version_id
    )

select
    versions.version_id,
    versions.server_id,
    mcp_servers.publisher_id,
    mcp_servers.listed as is_listed,
    versions.previous_version_id,
    versions.occurred_at,
    versions.replaced_at,
    coalesce(versions.description_changed, false) as description_changed,
    coalesce(versions.tools_changed, false) as tools_changed,
    versions.reviewed_at,
    (
        epoch_us(least(versions.reviewed_at, versions.replaced_at, int_snapshot_clock.as_of))
        - epoch_us(versions.occurred_at)
    )
    / 3.6e9::double as unreviewed_hours,
    versions.reviewed_at is null as is_unreviewed,
    coalesce(calls.call_count, 0) as call_count,
    coalesce(calls.most_accounts_a_day, 0) as blast_radius_accounts,
    coalesce(calls.account_day_count, 0) as account_day_count,
    coalesce(calls.cross_server_call_count, 0) as cross_server_call_count,
    calls.first_called_on,
    calls.last_called_on,
    coalesce(reports.report_count, 0) as report_count
from versions
cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
left join {{ ref("stg_mcp_servers") }} as mcp_servers using (server_id)
left join calls using (version_id)
left join reports using (version_id)
order by versions.server_id, versions.occurred_at, versions.version_id
