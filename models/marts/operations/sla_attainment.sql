with

    -- Until the first decision, or until now: a pause after it changes nothing.
    stopped as (
        select
            review_spells.task_id,
            sum(
                epoch_us(least(review_spells.ends_at, review_work.first_decided_at, as_of))
                - epoch_us(review_spells.starts_at)
            )::bigint as stopped_us
        from {{ ref("review_spells") }} as review_spells
        inner join {{ ref("review_work") }} as review_work using (task_id)
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where
            review_spells.stops_clock
            and review_spells.starts_at < coalesce(review_work.first_decided_at, as_of)
        group by review_spells.task_id
    ),

    -- Whose work it is: who decided it, else who last had it open.
    holders as (
        select task_id, arg_max(actor_id, seq) as reviewer_id
        from {{ ref("review_spells") }}
        where event in ('opened', 'decided')
        group by task_id
    ),

    due as (
        select
            date_trunc('month', review_work.due_at)::date as due_month,
            review_work.queue_id,
            coalesce(
                reviewers.vendor_id,
                case when holders.reviewer_id is null then 'nobody' else 'staff' end
            ) as vendor_id,
            review_work.due_at,
            review_work.is_decided_in_time,
            coalesce(
                review_work.first_decided_at
                <= review_work.due_at + to_microseconds(coalesce(stopped.stopped_us, 0)),
                -- Not decided yet: still in time while the clock has been stopped for long enough.
                review_work.due_at + to_microseconds(coalesce(stopped.stopped_us, 0)) > as_of
            ) as is_in_time_without_pauses
        from {{ ref("review_work") }} as review_work
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        left join stopped using (task_id)
        left join holders using (task_id)
        left join
            {{ ref("stg_reviewers") }} as reviewers on holders.reviewer_id = reviewers.reviewer_id
        where review_work.is_due and not review_work.is_golden and review_work.qa_of_task_id is null
    ),

    -- The terms that held when the task fell due.
    judged as (
        select
            due.*, vendor_terms.target, coalesce(vendor_terms.valid_from::varchar, 'none') as term
        from due
        asof left join
            (
                select vendor_id, target, valid_from
                from {{ ref("stg_vendor_terms") }}
                where metric = 'sla_attainment'
            ) as vendor_terms
            on due.vendor_id = vendor_terms.vendor_id
            and due.due_at::date >= vendor_terms.valid_from
    ),

    cohorts as (
        select
            due_month,
            queue_id,
            vendor_id,
            term,
            target,
            count(*) as due_count,
            count(*) filter (where is_decided_in_time) as met_count,
            count(*) filter (where is_in_time_without_pauses) as met_without_pauses_count
        from judged
        group by due_month, queue_id, vendor_id, term, target
    ),

    rates as (
        select
            *,
            {{ share("met_count", "due_count") }} as attainment,
            {{ wilson_low("met_count", "due_count") }} as attainment_low,
            {{ wilson_high("met_count", "due_count") }} as attainment_high,
            {{ share("met_without_pauses_count", "due_count") }} as net_attainment,
            {{ wilson_low("met_without_pauses_count", "due_count") }} as net_attainment_low,
            {{ wilson_high("met_without_pauses_count", "due_count") }} as net_attainment_high
        from cohorts
    )

select
    due_month,
    queue_id,
    vendor_id,
    term,
    target,
    due_count,
    met_count,
    attainment,
    attainment_low,
    attainment_high,
    met_without_pauses_count,
    net_attainment,
    net_attainment_low,
    net_attainment_high,
    case
        when target is null
        then 'no_term'
        when net_attainment_low >= target
        then 'met'
        when net_attainment_high < target
        then 'missed'
        else 'cannot_say'
    end as against_terms
from rates
order by due_month, queue_id, vendor_id, term
