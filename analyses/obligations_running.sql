with

    subjects as (
        select $subject_id as subject_id
        union
        select content_id
        from {{ ref("feat_hash_matches") }}
        where sha256 = $subject_id
        union
        select account_id
        from {{ ref("int_account_clusters") }}
        where $include_members and cluster_id = $subject_id
    ),

    verdicts as (
        select subject_id, max(decided_at) as decided_at
        from {{ ref("int_reviewed_subjects") }}
        semi join subjects using (subject_id)
        group by subject_id
    ),

    hits as (
        select subject_id, signal_id, detected_at
        from {{ ref("signals") }}
        semi join subjects using (subject_id)
        union all
        select account_id, signal_id, detected_at
        from {{ ref("signal_subjects") }}
        where account_id in (select subject_id from subjects) and account_id != subject_id
    ),

    starts as (
        select
            subject_id,
            severity,
            created_at as started_at,
            'review task' as started_by,
            task_id as source_id,
            first_opened_at as acknowledged_at
        from {{ ref("review_work") }}
        semi join subjects using (subject_id)
        where is_open and not is_golden and qa_of_task_id is null
        union all
        -- Knowledge begins with the first sign that nobody has decided on since.
        select
            hits.subject_id,
            definitions.severity,
            min(least(hits.detected_at, clock.as_of)),
            'signal',
            arg_min(hits.signal_id, (hits.detected_at, hits.signal_id)),
            null
        from hits
        inner join {{ ref("signal_definitions") }} as definitions using (signal_id)
        cross join {{ ref("int_snapshot_clock") }} as clock
        left join verdicts using (subject_id)
        where coalesce(hits.detected_at > verdicts.decided_at, true)
        group by hits.subject_id, definitions.severity
        union all
        select
            reports.subject_id,
            policies.severity,
            reports.received_at,
            'user report',
            reports.report_id,
            reports.ack_at
        from {{ ref("int_user_reports") }} as reports
        semi join subjects using (subject_id)
        inner join
            {{ ref("policies") }} as policies
            on reports.reason_code = policies.policy_id
            and reports.received_at >= policies.valid_from
            and coalesce(reports.received_at < policies.valid_to, true)
        where reports.valid is null and reports.duplicate_of is null
        union all
        select subject_id, severity, occurred_at, 'report to an authority', action_id, null
        from {{ ref("actions") }}
        semi join subjects using (subject_id)
        where action_type = 'report_out'
    ),

    -- One clock per subject and severity: the one that started first.
    first_starts as (
        select *
        from starts
        qualify
            row_number() over (
                partition by subject_id, severity, started_by = 'report to an authority'
                order by started_at, started_by, source_id
            )
            = 1
    ),

    clocks as (
        select
            first_starts.*,
            obligations.name as obligation,
            obligations.is_duty,
            obligations.source,
            clock.as_of,
            first_starts.started_at + to_minutes(
                coalesce(
                    obligations.minutes,
                    case
                        obligations.step
                        when 'acknowledge'
                        then sla_policies.acknowledge_minutes
                        when 'decide'
                        then sla_policies.decide_minutes
                        when 'refer'
                        then sla_policies.refer_minutes
                        when 'hard'
                        then sla_policies.hard_minutes
                    end
                )
            ) as due_at
        from first_starts
        cross join {{ ref("int_snapshot_clock") }} as clock
        inner join
            {{ ref("obligations") }} as obligations
            on first_starts.severity = obligations.severity
            and (obligations.step = 'preserve')
            = (first_starts.started_by = 'report to an authority')
            and first_starts.started_at >= obligations.valid_from
            and coalesce(first_starts.started_at < obligations.valid_to, true)
        left join
            {{ ref("sla_policies") }} as sla_policies
            on first_starts.severity = sla_policies.sla_policy_id
            and first_starts.started_at >= sla_policies.valid_from
            and coalesce(first_starts.started_at < sla_policies.valid_to, true)
        where obligations.step != 'acknowledge' or first_starts.acknowledged_at is null
    )

select
    due_at,
    round(date_diff('second', as_of, due_at) / 3600, 1) as hours_left,
    case when due_at <= as_of then 'overdue' else 'running' end as state,
    obligation,
    severity,
    is_duty,
    started_at,
    started_by,
    source_id,
    subject_id,
    source
from clocks
where due_at is not null and (started_by != 'report to an authority' or due_at > as_of)
order by due_at, is_duty desc, obligation, subject_id, source_id
limit $limit
