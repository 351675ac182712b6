with

    chosen as (
        select
            signals.signal_id,
            signals.subject_type,
            signals.subject_id,
            signals.window_starts_at,
            signals.window_ends_at,
            definitions.traced_by,
            definitions.harm_type,
            json_extract_string(signals.evidence, '$.template_hash.observed') as template_hash,
            coalesce(
                json_extract_string(signals.evidence, '$.target_hmac.observed'), signals.subject_id
            ) as target_hmac,
            json_extract_string(signals.evidence, '$.version_id.observed') as version_id,
            coalesce(
                from_json(
                    json_extract(signals.evidence, '$.banned_account_ids.observed'), '["VARCHAR"]'
                ),
                [json_extract_string(signals.evidence, '$.banned_account_id.observed')]
            ) as banned_account_ids
        from {{ ref("signals") }} as signals
        inner join {{ ref("signal_definitions") }} as definitions using (signal_id)
        where
            ($signal_id is null or signals.signal_id = $signal_id)
            and ($subject_type is null or signals.subject_type = $subject_type)
            and ($subject_id is null or signals.subject_id = $subject_id)
            and signals.window_ends_at > $since
            and signals.window_starts_at < $until
    ),

    -- The accounts behind each row; a subject that no account is behind keeps its row.
    asked_for as (
        select chosen.*, subjects.account_id
        from chosen
        left join
            {{ ref("signal_subjects") }} as subjects using (
                signal_id, subject_type, subject_id, window_starts_at, window_ends_at
            )
        qualify
            $account_id is null
            or coalesce(
                bool_or(subjects.account_id = $account_id) over (
                    partition by
                        signal_id, subject_type, subject_id, window_starts_at, window_ends_at
                ),
                false
            )
    ),

    -- Every row of signals rests on a raw row, so that of the first so many rows of the answer no
    -- further signals are needed. Where only one account's rows are shown, a signal may have none.
    reached as (
        select *
        from asked_for
        qualify
            $account_id is not null
            or dense_rank() over (
                order by signal_id, subject_type, subject_id, window_starts_at, window_ends_at
            )
            <= $limit
    ),

    -- Most signals ask for no score; those that do ask for their accounts' days.
    asked_scores as (
        select scores.request_id, scores.victim_or_helper_score, scores.minor_indicator_score
        from {{ ref("int_request_scores") }} as scores
        semi join
            (
                select account_id
                from reached
                where list_has_any(traced_by, ['help_requests', 'corroboration'])
            ) as scored using (account_id)
        where scores.victim_or_helper_score is not null or scores.minor_indicator_score is not null
    ),

    request_rows as (
        select
            reached.signal_id,
            reached.subject_type,
            reached.subject_id,
            reached.window_starts_at,
            reached.window_ends_at,
            'requests' as source_table,
            requests.request_id as source_id,
            requests.occurred_at,
            requests.account_id,
            concat_ws(', ', requests.surface, requests.task_label) as shows
        from reached
        inner join
            {{ ref("int_requests") }} as requests
            on reached.account_id = requests.account_id
            and requests.occurred_at >= reached.window_starts_at
            and requests.occurred_at < reached.window_ends_at
        left join
            {{ ref("task_labels") }} as task_labels
            on requests.task_label = task_labels.task_label
            and requests.occurred_at >= task_labels.valid_from
            and coalesce(requests.occurred_at < task_labels.valid_to, true)
        left join asked_scores as scores using (request_id)
        where
            ($account_id is null or requests.account_id = $account_id)
            and (
                list_has_any(reached.traced_by, ['account_requests', 'cluster_requests'])
                or list_contains(reached.traced_by, 'labelled_requests')
                and task_labels.harm_type = reached.harm_type
                or list_contains(reached.traced_by, 'help_requests')
                and (
                    requests.task_label = 'help_seeking'
                    or scores.victim_or_helper_score is not null
                )
                or list_contains(reached.traced_by, 'conversation_requests')
                and requests.conversation_id = reached.subject_id
                or list_contains(reached.traced_by, 'template_requests')
                and requests.template_hash = reached.template_hash
                or list_contains(reached.traced_by, 'contact_requests')
                and requests.contact_hmac = reached.subject_id
                or list_contains(reached.traced_by, 'target_requests')
                and requests.target_hmac = reached.target_hmac
                or list_contains(reached.traced_by, 'corroboration')
                and scores.minor_indicator_score is not null
            )
    ),

    -- Those among whom keys are shared: a cluster's members, or an account and the banned ones.
    circles as (
        select reached.*, unnest(list_append(banned_account_ids, account_id)) as member_id
        from reached
        where list_contains(traced_by, 'link_keys')
        union all
        select reached.*, account_id
        from reached
        where list_contains(traced_by, 'cluster_links')
    ),

    shared_keys as (
        select
            circles.signal_id,
            circles.subject_type,
            circles.subject_id,
            circles.window_starts_at,
            circles.window_ends_at,
            account_keys.key_type,
            account_keys.key_value,
            list(distinct circles.member_id) as member_ids
        from circles
        inner join
            {{ ref("int_account_keys") }} as account_keys
            on circles.member_id = account_keys.account_id
            and account_keys.account_count > 1
            and not account_keys.is_hub
            and not account_keys.is_allowlisted
        group by all
        having count(distinct circles.member_id) > 1
    ),

    members as (
        select distinct key_type, key_value, unnest(member_ids) as account_id from shared_keys
    ),

    -- Devices, networks, headers and templates come with requests, too.
    keyed_requests as (
        select
            request_id,
            occurred_at,
            account_id,
            unnest(['device', 'ip_prefix', 'header', 'template']) as key_type,
            unnest([device_id, ip_prefix_hmac, header_hash, template_hash]) as key_value
        from {{ ref("int_requests") }}
        semi join members using (account_id)
        union all
        select
            requests.request_id,
            requests.occurred_at,
            requests.account_id,
            'target_wave',
            waves.wave_id
        from {{ ref("int_target_waves") }} as waves
        semi join members on waves.account_id = members.account_id
        inner join
            {{ ref("int_requests") }} as requests
            on waves.account_id = requests.account_id
            and waves.target_hmac = requests.target_hmac
            and requests.occurred_at >= waves.first_at
            and requests.occurred_at <= waves.last_at
        where requests.task_label = 'harassment'
    ),

    key_rows as (
        select source_table, source_id, occurred_at, account_id, key_type, key_value
        from {{ ref("int_raw_rows") }}
        semi join members using (key_type, key_value, account_id)
        union all
        select 'requests', request_id, occurred_at, account_id, key_type, key_value
        from keyed_requests
        semi join members using (key_type, key_value, account_id)
    ),

    -- The first row of each table on which an account showed a key stands for those after it.
    first_key_rows as (
        select
            key_type,
            key_value,
            account_id,
            source_table,
            arg_min(source_id, (occurred_at, source_id)) as source_id,
            min(occurred_at) as occurred_at
        from key_rows
        group by key_type, key_value, account_id, source_table
    ),

    shared_key_rows as (
        select
            shared_keys.* exclude (key_type, key_value, member_ids),
            first_key_rows.source_table,
            first_key_rows.source_id,
            first_key_rows.occurred_at,
            first_key_rows.account_id,
            'shared ' || shared_keys.key_type as shows
        from shared_keys
        inner join first_key_rows using (key_type, key_value)
        where list_contains(shared_keys.member_ids, first_key_rows.account_id)
    ),

    -- Everything else is led to by a key or by the subject itself: which, and how far around the
    -- window.
    leads as (
        select distinct
            reached.signal_id,
            reached.subject_type,
            reached.subject_id,
            reached.window_starts_at,
            reached.window_ends_at,
            ways.*
        from
            reached,
            lateral(
                values
                    ('content_matches', 'hash_matches', 'content', subject_id, 0, true),
                    ('uploads', 'content_objects', 'upload', subject_id, 0, true),
                    ('mcp_versions', 'mcp_versions', 'mcp_server', subject_id, 0, true),
                    ('mcp_calls', 'mcp_versions', 'mcp_server', subject_id, 0, true),
                    ('mcp_calls', 'mcp_calls_daily', 'mcp_version', version_id, 0, false),
                    ('notices', 'copyright_notices', 'sender', subject_id, 0, true),
                    ('notices', 'notice_targets', 'sender', subject_id, 0, false),
                    ('reports', 'user_reports', subject_type, subject_id, 24, true),
                    ('decisions', 'review_decisions', 'reviewer', subject_id, 0, true),
                    ('corroboration', 'user_reports', 'account', account_id, 0, true),
                    ('corroboration', 'hash_matches', 'account', account_id, 0, true),
                    ('account_matches', 'hash_matches', 'account', account_id, 0, true),
                    ('link_keys', 'accounts', 'account', account_id, 0, true)
            ) as ways(rule, source_table, key_type, key_value, hours_before, is_windowed)
        where list_contains(reached.traced_by, ways.rule)
        union all
        -- The bans themselves, whenever they were.
        select distinct
            signal_id,
            subject_type,
            subject_id,
            window_starts_at,
            window_ends_at,
            'bans',
            'enforcement_actions',
            'account',
            unnest(banned_account_ids),
            0,
            false
        from reached
        where list_contains(traced_by, 'link_keys')
    ),

    led_to_rows as (
        select
            leads.signal_id,
            leads.subject_type,
            leads.subject_id,
            leads.window_starts_at,
            leads.window_ends_at,
            leads.source_table,
            raw_rows.source_id,
            raw_rows.occurred_at,
            raw_rows.account_id,
            leads.key_type || ' ' || leads.key_value as shows
        from leads
        inner join
            {{ ref("int_raw_rows") }} as raw_rows
            on leads.source_table = raw_rows.source_table
            and leads.key_type = raw_rows.key_type
            and leads.key_value = raw_rows.key_value
        where
            not leads.is_windowed
            or raw_rows.occurred_at >= leads.window_starts_at - to_hours(leads.hours_before)
            and raw_rows.occurred_at < leads.window_ends_at
    ),

    -- An object is led to by itself or by its hash; the request is the one that uploaded it.
    objects as (
        select signal_id, subject_type, subject_id, window_starts_at, window_ends_at, content_id
        from chosen
        inner join {{ ref("int_uploads") }} as uploads on chosen.subject_id = uploads.content_id
        where list_contains(chosen.traced_by, 'content_matches')
        union
        select signal_id, subject_type, subject_id, window_starts_at, window_ends_at, content_id
        from chosen
        inner join {{ ref("int_uploads") }} as uploads on chosen.subject_id = uploads.sha256
        where
            list_contains(chosen.traced_by, 'uploads')
            and uploads.created_at >= chosen.window_starts_at
            and uploads.created_at < chosen.window_ends_at
    ),

    upload_requests as (
        select
            objects.signal_id,
            objects.subject_type,
            objects.subject_id,
            objects.window_starts_at,
            objects.window_ends_at,
            'requests' as source_table,
            uploads.request_id as source_id,
            uploads.created_at as occurred_at,
            uploads.account_id,
            'upload of ' || objects.content_id as shows
        from objects
        semi join
            reached using (signal_id, subject_type, subject_id, window_starts_at, window_ends_at)
        inner join {{ ref("int_uploads") }} as uploads using (content_id)
        where uploads.request_id is not null
    ),

    all_rows as materialized(
        select *
        from request_rows
        union all
        select *
        from upload_requests
        union all
        select *
        from shared_key_rows
        union all
        select *
        from led_to_rows
    ),

    row_counts as (
        select
            signal_id,
            subject_type,
            subject_id,
            window_starts_at,
            window_ends_at,
            count(distinct source_id) as row_count
        from all_rows
        group by signal_id, subject_type, subject_id, window_starts_at, window_ends_at
    ),

    -- Signals that begin after the last row of the answer need not be put together.
    shown_signals as (
        select *
        from row_counts
        qualify
            coalesce(
                sum(row_count) over (
                    order by signal_id, subject_type, subject_id, window_starts_at, window_ends_at
                    rows between unbounded preceding and 1 preceding
                ),
                0
            )
            < $limit
    )

-- One raw row may lie on several ways; it is told once, with all that it shows.
select
    signal_id,
    subject_type,
    subject_id,
    window_starts_at,
    window_ends_at,
    source_table,
    source_id,
    min(occurred_at) as occurred_at,
    min(account_id) as account_id,
    string_agg(distinct shows, '; ' order by shows) as shows
from all_rows
semi join
    shown_signals using (signal_id, subject_type, subject_id, window_starts_at, window_ends_at)
group by all
order by
    signal_id,
    subject_type,
    subject_id,
    window_starts_at,
    window_ends_at,
    occurred_at,
    source_table,
    source_id
limit $limit
