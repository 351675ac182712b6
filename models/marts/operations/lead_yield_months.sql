with

    -- The first task of a subject from a source is the lead; more of the same are none.
    leads as (
        select subject_type, subject_id, source, created_at
        from {{ ref("stg_review_tasks") }}
        where not is_golden and qa_of_task_id is null and source <> 'appeal'
        qualify
            row_number() over (
                partition by subject_type, subject_id, source order by created_at, task_id
            )
            = 1
    ),

    outcomes as (
        select
            date_trunc('month', leads.created_at)::date as month_starts_on,
            unnest(['all', leads.source]) as source,
            reviewed.label
        from leads
        left join
            {{ ref("int_reviewed_subjects") }} as reviewed
            on leads.subject_type = reviewed.subject_type
            and leads.subject_id = reviewed.subject_id
    )

select
    month_starts_on,
    source,
    count(*) as lead_count,
    count(label) as reviewed_count,
    count(*) filter (where label = 'violating') as confirmed_count,
    {{ share("confirmed_count", "lead_count") }} as lead_yield,
    {{ wilson_low("confirmed_count", "lead_count") }} as lead_yield_low,
    {{ wilson_high("confirmed_count", "lead_count") }} as lead_yield_high
from outcomes
group by month_starts_on, source
order by month_starts_on, source
