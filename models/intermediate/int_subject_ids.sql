with

    named_subjects as (
        select
            account_id as subject_id,
            'account' as subject_kind,
            'account' as about_type,
            account_id as about_id
        from {{ ref("stg_accounts") }}
        union all
        select org_id, 'organization', 'organization', org_id
        from {{ ref("stg_organizations") }}
        union all
        select cluster_id, 'cluster', 'cluster', cluster_id
        from {{ ref("int_account_clusters") }}
        union all
        select report_id, 'report', subject_type, subject_id
        from {{ ref("stg_user_reports") }}
        union all
        select task_id, 'review_task', subject_type, subject_id
        from {{ ref("stg_review_tasks") }}
        union all
        select action_id, 'action', subject_type, subject_id
        from {{ ref("stg_enforcement_actions") }}
        union all
        select appeals.appeal_id, 'appeal', actions.subject_type, actions.subject_id
        from {{ ref("stg_appeals") }} as appeals
        inner join {{ ref("stg_enforcement_actions") }} as actions using (action_id)
        union all
        select api_key_id, 'api_key', 'account', created_by
        from {{ ref("stg_api_keys") }}
        union all
        select instrument_id, 'payment_instrument', 'account', account_id
        from {{ ref("stg_payment_instruments") }}
        union all
        select key_value, 'key', 'account', account_id
        from {{ ref("int_account_keys") }}
        -- An upload's hash is looked up as a hash.
        where key_type <> 'upload'
        union all
        select sha256, 'hash', 'hash', sha256
        from {{ ref("stg_content_objects") }}
        union all
        select value, 'hash', 'hash', value
        from {{ ref("stg_hash_entries") }}
        union all
        select entry_id, 'hash_entry', 'hash', value
        from {{ ref("stg_hash_entries") }}
        union all
        select content_id, 'content', 'hash', sha256
        from {{ ref("stg_content_objects") }}
        union all
        select server_id, 'mcp_server', 'mcp_server', server_id
        from {{ ref("stg_mcp_servers") }}
        union all
        select version_id, 'mcp_version', 'mcp_server', server_id
        from {{ ref("stg_mcp_versions") }}
        union all
        select sender_id, 'sender', 'sender', sender_id
        from {{ ref("stg_copyright_notices") }}
        union all
        select notice_id, 'notice', 'sender', sender_id
        from {{ ref("stg_copyright_notices") }}
        union all
        select target_hmac, 'target', 'target', target_hmac
        from {{ ref("int_requests") }}
        union all
        select contact_hmac, 'contact', 'contact', contact_hmac
        from {{ ref("int_requests") }}
    )

select
    subject_id,
    subject_kind,
    case when about_id is null then subject_kind else about_type end as about_type,
    coalesce(about_id, subject_id) as about_id
from named_subjects
where subject_id is not null
-- Keys, hashes, senders, targets and contacts recur, once for each row that names them.
group by all
order by subject_id, subject_kind, about_type, about_id
