{% set distinct_counts = {
    "conversation_count": "conversation_id",
    "task_label_count": "task_label",
    "ip_count": "ip_hmac",
    "ip_prefix_count": "ip_prefix_hmac",
    "country_count": "country",
    "device_count": "device_id",
    "model_count": "model_version",
    "system_count": "system_hash",
    "slot_count": "slot_hash",
    "target_count": "target_hmac",
} %}

with

    requests as (
        select
            *,
            -- Whole microseconds, so that sums of squares are exact in any order. A gap that
            -- crosses midnight belongs to neither day.
            case
                when
                    round(seconds_since_previous * 1e6)
                    <= epoch_us(occurred_at) - epoch_us(activity_date)
                then round(seconds_since_previous * 1e6)::bigint
            end as gap,
            case
                when
                    round((seconds_since_previous + seconds_before_previous) * 1e6)
                    <= epoch_us(occurred_at) - epoch_us(activity_date)
                then round(seconds_before_previous * 1e6)::bigint
            end as gap_before
        from {{ ref("int_requests") }}
        where account_id is not null
    ),

    request_days as (
        select
            account_id,
            activity_date,
            count(*) as request_count,
            sum(input_tokens)::bigint as input_tokens,
            sum(output_tokens)::bigint as output_tokens,
            sum(tool_calls)::bigint as tool_call_count,
            count(*) filter (where refused) as refused_count,
            count(*) filter (where status >= 400) as error_count,
            count(*) filter (where status = 429) as rate_limited_count,
            count(*) filter (
                where task_label in ('reasoning_trace', 'rubric_grading')
            ) as reasoning_count,
            count(*) filter (where output_tokens >= 0.95 * max_tokens) as capped_output_count,
            count(max_tokens) as limited_output_count,
            count(*) filter (where is_newest_model) as newest_model_count,
            count(is_newest_model) as released_model_count,
            count(*) filter (where surface = 'chat') as chat_count,
            count(*) filter (where surface = 'api') as api_count,
            count(*) filter (where surface = 'mcp') as mcp_count,
            count(template_hash) as templated_count,
            max(template_hash) as last_template_hash,
            count(gap) as gap_count,
            sum(gap) as gap_sum,
            sum(gap::hugeint * gap) as gap_square_sum,
            count(gap_before) as pair_count,
            sum(gap) filter (where gap_before is not null) as later_sum,
            sum(gap_before) as earlier_sum,
            sum(gap::hugeint * gap) filter (where gap_before is not null) as later_square_sum,
            sum(gap_before::hugeint * gap_before) as earlier_square_sum,
            sum(gap::hugeint * gap_before) as product_sum
        from requests
        group by account_id, activity_date
    ),

    -- One grouping a value: counting several in one grouping keeps a table of each for every
    -- account day at once, which costs half as much again.
    {% for count, value in distinct_counts.items() %}
        {{ count }}s as (
            select account_id, activity_date, count(distinct {{ value }}) as {{ count }}
            from {{ ref("int_requests") }}
            where {{ value }} is not null
            group by account_id, activity_date
        ),
    {% endfor %}

    gap_days as (
        select
            account_id,
            activity_date,
            gap_count,
            gap_sum / gap_count / 1e6 as gap_mean_seconds,
            sqrt(gap_count * gap_square_sum - gap_sum * gap_sum)
            / nullif(gap_sum, 0)::double as gap_cv,
            (pair_count * product_sum - later_sum * earlier_sum) / nullif(
                sqrt(pair_count * later_square_sum - later_sum * later_sum)
                * sqrt(pair_count * earlier_square_sum - earlier_sum * earlier_sum),
                0
            ) as gap_memory
        from request_days
    ),

    hour_days as (
        select
            account_id,
            activity_hour::date as activity_date,
            count(*) as active_hour_count,
            {{ hour_entropy("request_count") }} as hour_entropy
        from {{ ref("feat_account_hours") }}
        group by account_id, activity_hour::date
    ),

    -- Free text is used once by definition, so only what was ever used again is grouped by value.
    template_counts as (
        select account_id, activity_date, template_hash, count(*) as request_count
        from {{ ref("int_requests") }}
        semi join {{ ref("int_templates") }} using (template_hash)
        group by account_id, activity_date, template_hash
        having count(*) > 1
    ),

    repeated_template_days as (
        select
            account_id,
            activity_date,
            count(*) as repeated_count,
            sum(request_count) as repeated_request_count,
            arg_max(template_hash, (request_count, template_hash)) as top_template_hash,
            max(request_count) as top_template_count
        from template_counts
        group by account_id, activity_date
    ),

    -- Templates that were used once on the day count one each.
    template_days as (
        select
            account_id,
            activity_date,
            request_days.templated_count,
            request_days.templated_count
            - coalesce(repeated_template_days.repeated_request_count, 0)
            + coalesce(repeated_template_days.repeated_count, 0) as template_count,
            coalesce(
                repeated_template_days.top_template_hash, request_days.last_template_hash
            ) as top_template_hash,
            coalesce(repeated_template_days.top_template_count, 1) as top_template_count,
            coalesce(repeated_template_days.repeated_request_count, 0) as repeated_template_count
        from request_days
        left join repeated_template_days using (account_id, activity_date)
        where request_days.templated_count > 0
    ),

    verified_days as (
        select request_days.account_id, request_days.activity_date
        from request_days
        inner join {{ ref("int_verified_memberships") }} as memberships using (account_id)
        where
            memberships.from_at < request_days.activity_date + interval 1 day
            and coalesce(memberships.to_at > request_days.activity_date, true)
        group by request_days.account_id, request_days.activity_date
    )

select
    account_id,
    activity_date,
    activity_date - accounts.created_at::date as account_age_days,
    verified_days.account_id is not null as is_verified_org_member,
    request_days.request_count,
    request_days.input_tokens,
    request_days.output_tokens,
    {{ share("request_days.output_tokens", "request_days.input_tokens") }} as output_input_ratio,
    request_days.tool_call_count,
    request_days.refused_count,
    request_days.refused_count / request_days.request_count as refused_share,
    request_days.error_count,
    request_days.rate_limited_count,
    coalesce(conversation_counts.conversation_count, 0) as conversation_count,
    coalesce(template_days.template_count, 0)::bigint as template_count,
    coalesce(task_label_counts.task_label_count, 0) as task_label_count,
    coalesce(ip_counts.ip_count, 0) as ip_count,
    coalesce(ip_prefix_counts.ip_prefix_count, 0) as ip_prefix_count,
    coalesce(country_counts.country_count, 0) as country_count,
    coalesce(device_counts.device_count, 0) as device_count,
    coalesce(model_counts.model_count, 0) as model_count,
    coalesce(system_counts.system_count, 0) as system_count,
    coalesce(slot_counts.slot_count, 0) as slot_count,
    coalesce(target_counts.target_count, 0) as target_count,
    hour_days.active_hour_count,
    hour_days.hour_entropy,
    request_days.gap_count,
    gap_days.gap_mean_seconds,
    gap_days.gap_cv,
    -- Few gaps look regular whatever they are; what the correction leaves of that is gone at
    -- twenty.
    case
        when request_days.gap_count >= 20
        then {{ burstiness("gap_days.gap_cv", "request_days.gap_count") }}
    end as gap_burstiness,
    case when request_days.pair_count >= 50 then gap_days.gap_memory end as gap_memory,
    template_days.top_template_hash,
    template_days.top_template_count / template_days.templated_count as top_template_share,
    template_days.repeated_template_count
    / template_days.templated_count as repeated_template_share,
    request_days.reasoning_count / request_days.request_count as reasoning_share,
    {{ share("request_days.capped_output_count", "request_days.limited_output_count") }}
    as capped_output_share,
    {{ share("request_days.newest_model_count", "request_days.released_model_count") }}
    as newest_model_share,
    request_days.chat_count / request_days.request_count as chat_share,
    request_days.api_count / request_days.request_count as api_share,
    request_days.mcp_count / request_days.request_count as mcp_share,
    sum(request_days.request_count) over trailing_7d::bigint as request_count_7d,
    sum(request_days.input_tokens) over trailing_7d::bigint as input_tokens_7d,
    sum(request_days.output_tokens) over trailing_7d::bigint as output_tokens_7d,
    count(*) over trailing_7d as active_days_7d,
    sum(request_days.refused_count) over trailing_7d
    / sum(request_days.request_count) over trailing_7d as refused_share_7d,
    sum(request_days.reasoning_count) over trailing_7d
    / sum(request_days.request_count) over trailing_7d as reasoning_share_7d,
    sum(request_days.request_count) over trailing_28d::bigint as request_count_28d,
    sum(request_days.input_tokens) over trailing_28d::bigint as input_tokens_28d,
    sum(request_days.output_tokens) over trailing_28d::bigint as output_tokens_28d,
    count(*) over trailing_28d as active_days_28d,
    sum(request_days.refused_count) over trailing_28d
    / sum(request_days.request_count) over trailing_28d as refused_share_28d,
    sum(request_days.reasoning_count) over trailing_28d
    / sum(request_days.request_count) over trailing_28d as reasoning_share_28d,
    coalesce(sum(request_days.request_count) over previous_28d, 0)::bigint
    as request_count_previous_28d
from request_days
{% for count in distinct_counts %}
    left join {{ count }}s using (account_id, activity_date)
{% endfor %}
left join gap_days using (account_id, activity_date)
left join hour_days using (account_id, activity_date)
left join template_days using (account_id, activity_date)
left join verified_days using (account_id, activity_date)
left join {{ ref("stg_accounts") }} as accounts using (account_id)
-- Ranges, not rows: an account has no row for a day on which it did nothing.
window
    trailing_7d as (
        partition by account_id
        order by activity_date - date '1970-01-01'
        range between 6 preceding and current row
    ),
    trailing_28d as (
        partition by account_id
        order by activity_date - date '1970-01-01'
        range between 27 preceding and current row
    ),
    previous_28d as (
        partition by account_id
        order by activity_date - date '1970-01-01'
        range between 55 preceding and 28 preceding
    )
-- Rows of one account lie together, so that a question about it reads little.
order by account_id, activity_date
