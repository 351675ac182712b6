{#
    Requests are left out: `int_requests` has them. The rows are listed by what leads to them, so that
    a question finds those of one subject or key without reading any raw table.
#}
with

    raw_rows(source_table, source_id, occurred_at, account_id, key_type, key_value) as (
        select
            'logins' as source_table,
            login_id as source_id,
            occurred_at,
            account_id,
            'device' as key_type,
            device_id as key_value
        from {{ ref("stg_logins") }}
        where outcome = 'success'
        union all
        select 'logins', login_id, occurred_at, account_id, 'ip_prefix', ip_prefix_hmac
        from {{ ref("stg_logins") }}
        where outcome = 'success'
        union all
        select
            'payment_instruments', instrument_id, added_at, account_id, 'payment', fingerprint_hmac
        from {{ ref("stg_payment_instruments") }}
        where account_id is not null
        union all
        select
            'accounts',
            account_id,
            created_at,
            account_id,
            unnest(['account', 'email', 'email_pattern', 'phone', 'referral']),
            unnest(
                [
                    account_id,
                    email_hmac,
                    email_pattern || '@' || email_domain,
                    phone_hmac,
                    referral_account_id
                ]
            )
        from {{ ref("stg_accounts") }}
        union all
        select 'content_objects', content_id, created_at, account_id, 'upload', sha256
        from {{ ref("stg_content_objects") }}
        union all
        select
            'hash_matches',
            hash_matches.match_id,
            hash_matches.occurred_at,
            content_objects.account_id,
            unnest(['content', 'account']),
            unnest([hash_matches.content_id, content_objects.account_id])
        from {{ ref("stg_hash_matches") }} as hash_matches
        left join {{ ref("stg_content_objects") }} as content_objects using (content_id)
        union all
        select
            'user_reports',
            report_id,
            received_at,
            case when subject_type = 'account' then subject_id end,
            subject_type,
            subject_id
        from {{ ref("stg_user_reports") }}
        union all
        select 'enforcement_actions', action_id, occurred_at, subject_id, 'account', subject_id
        from {{ ref("stg_enforcement_actions") }}
        where subject_type = 'account'
        union all
        select 'review_decisions', decision_id, occurred_at, null::varchar, 'reviewer', reviewer_id
        from {{ ref("stg_review_decisions") }}
        union all
        select 'copyright_notices', notice_id, received_at, null, 'sender', sender_id
        from {{ ref("stg_copyright_notices") }}
        union all
        select
            'notice_targets',
            notice_targets.notice_id || ' ' || notice_targets.content_id,
            coalesce(notice_targets.decided_at, copyright_notices.received_at),
            null,
            'sender',
            copyright_notices.sender_id
        from {{ ref("stg_notice_targets") }} as notice_targets
        inner join {{ ref("stg_copyright_notices") }} as copyright_notices using (notice_id)
        union all
        select 'mcp_versions', version_id, occurred_at, null, 'mcp_server', server_id
        from {{ ref("stg_mcp_versions") }}
        union all
        select
            'mcp_calls_daily',
            version_id || ' ' || mcp_calls_daily.day,
            mcp_calls_daily.day::timestamptz,
            null,
            'mcp_version',
            version_id
        from {{ ref("stg_mcp_calls_daily") }} as mcp_calls_daily

    )

select *
from raw_rows
where key_value is not null
order by key_type, key_value, occurred_at, source_table, source_id
