with

    versions as (
        select
            version_id,
            server_id,
            occurred_at,
            reviewed_at,
            row_number() over server_history = 1 as is_first_version,
            coalesce(
                description_hash <> lag(description_hash) over server_history, false
            ) as description_changed,
            coalesce(tools_hash <> lag(tools_hash) over server_history, false) as tools_changed
        from {{ ref("stg_mcp_versions") }}
        window server_history as (partition by server_id order by occurred_at, version_id)
    ),

    calls as (
        select
            version_id,
            sum(calls)::bigint as calls_since,
            max(accounts) as accounts_since,
            sum(cross_server_calls)::bigint as cross_server_calls_since,
            sum(extraneous_fields)::bigint as extraneous_fields_since
        from {{ ref("stg_mcp_calls_daily") }}
        group by version_id
    ),

    -- A report names a version; one that names only the server is about the version then current.
    reports as (
        select
            report_id,
            coalesce(
                mcp_server_version_id, {{ last_by("version_id", ["occurred_at", "version_id"]) }}
            ) as version_id
        from {{ ref("stg_user_reports") }} as user_reports
        left join
            versions
            on user_reports.subject_id = versions.server_id
            and versions.occurred_at <= user_reports.received_at
        where user_reports.subject_type = 'mcp_server' and user_reports.duplicate_of is null
        group by report_id, mcp_server_version_id
    ),

    report_counts as (select version_id, count(*) as report_count from reports group by version_id)

select
    version_id,
    versions.server_id,
    versions.occurred_at,
    versions.is_first_version,
    versions.description_changed,
    versions.tools_changed,
    versions.reviewed_at,
    coalesce(calls.calls_since, 0) as calls_since,
    coalesce(calls.accounts_since, 0) as accounts_since,
    coalesce(calls.cross_server_calls_since, 0) as cross_server_calls_since,
    coalesce(calls.extraneous_fields_since, 0) as extraneous_fields_since,
    {{ share("calls.cross_server_calls_since", "calls.calls_since") }} as cross_server_share,
    {{ share("calls.extraneous_fields_since", "calls.calls_since") }} as extraneous_share,
    coalesce(report_counts.report_count, 0) as report_count
from versions
left join calls using (version_id)
left join report_counts using (version_id)
