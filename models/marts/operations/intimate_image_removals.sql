{# 48 hours after a valid request: TAKE IT DOWN Act (2025); sla_policies has the same as its hard limit. #}
with

    requests as (
        select
            user_reports.report_id,
            user_reports.received_at,
            user_reports.subject_id as content_id,
            user_reports.received_at + to_minutes(sla_policies.hard_minutes) as due_at
        from {{ ref("stg_user_reports") }} as user_reports
        inner join
            {{ ref("sla_policies") }} as sla_policies
            on sla_policies.sla_policy_id = 'S1n'
            and {{ valid_at("user_reports.received_at", "sla_policies") }}
        where
            user_reports.reason_code = 'ibsa'
            and user_reports.subject_type = 'content'
            and user_reports.valid
            and user_reports.duplicate_of is null
    ),

    removals as (
        select subject_id as content_id, min(occurred_at) as removed_at
        from {{ ref("stg_enforcement_actions") }}
        where subject_type = 'content' and type = 'remove_content'
        group by subject_id
        union all
        select content_id, removed_at
        from {{ ref("stg_content_objects") }}
    ),

    first_removals as (
        select content_id, min(removed_at) as removed_at from removals group by content_id
    )

select
    requests.report_id,
    requests.content_id,
    requests.received_at,
    requests.due_at,
    first_removals.removed_at,
    (epoch_us(coalesce(first_removals.removed_at, as_of)) - epoch_us(requests.received_at))
    / 3.6e9::double as removal_hours,
    first_removals.removed_at is null as is_removal_censored,
    requests.due_at <= as_of as is_due,
    case
        when requests.due_at <= as_of
        then coalesce(first_removals.removed_at <= requests.due_at, false)
    end as is_in_time
from requests
cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
left join first_removals using (content_id)
order by requests.received_at, requests.report_id
