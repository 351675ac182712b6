{{
    config(
        materialized="incremental" if target.type == "duckdb" else "table",
        unique_key=["account_id", "template_hash", "week_starts_on"],
        meta={"follows": ["int_requests", "int_templates", "stg_touched_accounts"]},
    )
}}
{% set touched_requests = touched_rows(
    ref("int_requests"), "activity_date", "date_trunc('week', touched.requests_from)"
) %}
{% set requests_in = "touched_requests" if is_incremental() else ref("int_requests") %}

with

    {% if is_incremental() %}
        touched_requests as (select * from {{ touched_requests }} as requests),
    {% endif %}

    template_weeks as (
        select
            account_id,
            template_hash,
            date_trunc('week', activity_date)::date as week_starts_on,
            count(*) as request_count,
            count(distinct slot_hash) as slot_count,
            count(distinct language) as language_count,
            min(task_label) as first_task_label,
            max(task_label) as last_task_label,
            count(*) filter (where refused) as refused_count,
            min(occurred_at) as first_at,
            max(occurred_at) as last_at
        from {{ requests_in }}
        semi join {{ ref("int_templates") }} using (template_hash)
        where account_id is not null
        group by account_id, template_hash, week_starts_on
        -- A template is something used again: what an account sent once in a week is left out.
        having count(*) > 1
    ),

    -- Few requests name anybody or any place, so these are counted apart from the many.
    named_weeks as (
        select
            account_id,
            template_hash,
            date_trunc('week', activity_date)::date as week_starts_on,
            count(distinct target_hmac) as target_count,
            count(distinct place_code) as place_count,
            count(distinct contact_hmac) as contact_count
        from {{ requests_in }}
        where target_hmac is not null or place_code is not null or contact_hmac is not null
        group by account_id, template_hash, week_starts_on
    ),

    -- Most templates have one label, and need no counting to find the most frequent.
    label_counts as (
        select
            template_weeks.account_id,
            template_weeks.template_hash,
            template_weeks.week_starts_on,
            requests.task_label,
            count(*) as request_count
        from template_weeks
        inner join
            {{ requests_in }} as requests
            on template_weeks.account_id = requests.account_id
            and template_weeks.template_hash = requests.template_hash
            and template_weeks.week_starts_on = date_trunc('week', requests.activity_date)::date
        where template_weeks.first_task_label <> template_weeks.last_task_label
        group by
            template_weeks.account_id,
            template_weeks.template_hash,
            template_weeks.week_starts_on,
            requests.task_label
    ),

    mixed_labels as (
        select
            account_id,
            template_hash,
            week_starts_on,
            -- Of those that have one: arg_max passes over nulls.
            {{ last_by("task_label", ["request_count", "task_label"]) }} as top_task_label
        from label_counts
        group by account_id, template_hash, week_starts_on
    )

select
    account_id,
    template_hash,
    week_starts_on,
    template_weeks.request_count,
    template_weeks.slot_count,
    coalesce(named_weeks.target_count, 0) as target_count,
    coalesce(named_weeks.place_count, 0) as place_count,
    coalesce(named_weeks.contact_count, 0) as contact_count,
    template_weeks.language_count,
    templates.account_count as account_count_on_template,
    coalesce(mixed_labels.top_task_label, template_weeks.first_task_label) as top_task_label,
    template_weeks.refused_count,
    template_weeks.first_at,
    template_weeks.last_at
from template_weeks
inner join {{ ref("int_templates") }} as templates using (template_hash)
left join named_weeks using (account_id, template_hash, week_starts_on)
left join mixed_labels using (account_id, template_hash, week_starts_on)
{% if is_incremental() %}
    -- What somebody else has sent since changes how many accounts use a template, and nothing else.
    union all by name
    select known.* replace (templates.account_count as account_count_on_template)
    from {{ this }} as known
    inner join {{ ref("int_templates") }} as templates using (template_hash)
    left join
        {{ ref("stg_touched_accounts") }} as touched
        on known.account_id = touched.account_id
        and known.week_starts_on >= date_trunc('week', touched.requests_from)
    where touched.account_id is null and known.account_count_on_template <> templates.account_count
{% endif %}
-- Rows of one account lie together, so that a question about it reads little.
order by account_id, week_starts_on, template_hash
