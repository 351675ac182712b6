with

    member_templates as (
        select
            networks.cluster_id,
            template_weeks.template_hash,
            template_weeks.week_starts_on,
            template_weeks.account_id,
            template_weeks.request_count,
            template_weeks.target_count,
            template_weeks.account_count_on_template,
            template_weeks.top_task_label,
            template_weeks.first_at,
            template_weeks.last_at
        from {{ ref("feat_template_weeks") }} as template_weeks
        inner join
            {{ ref("feat_account_networks") }} as networks
            on template_weeks.account_id = networks.account_id
            and networks.cluster_id is not null
    )

select
    cluster_id,
    template_hash,
    week_starts_on,
    count(*) as account_count,
    max(account_count_on_template) as account_count_on_template,
    count(*) / max(account_count_on_template) as cluster_share_of_accounts,
    sum(request_count)::bigint as request_count,
    max(target_count) as max_target_count,
    {{ last_by("top_task_label", ["request_count", "top_task_label"]) }} as top_task_label,
    {{ sorted_values("account_id") }} as accounts,
    min(first_at) as first_at,
    max(last_at) as last_at
from member_templates
group by cluster_id, template_hash, week_starts_on
