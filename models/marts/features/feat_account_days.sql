{{
    config(
        materialized="incremental" if target.type == "duckdb" else "table",
        unique_key=["account_id", "activity_date"],
        meta={
            "follows": [
                "int_requests",
                "feat_account_hours",
                "int_verified_memberships",
                "stg_accounts",
                "stg_touched_accounts",
            ],
            "in_blocks": true,
        },
    )
}}
{% set distinct_counts = {
    "conversation_count": "conversation_id",
    "task_label_count": "task_label",
    "ip_count": "ip_hmac",
    "ip_prefix_count": "ip_prefix_hmac",
    "country_count": "country",
    "device_count": "device_id",
    "model_count": "model_version",
    "system_count": "system_hash",
    "target_count": "target_hmac",
} %}
{% set touched_requests = touched_rows(
    ref("int_requests"), "activity_date", "touched.from_date"
) %}
{% set requests_in = "touched_requests" if is_incremental() else ref("int_requests") %}
{# How far the trailing columns look back, their own day included. #}
{% set trailing_days = 56 %}

with

    {% if is_incremental() %}
        touched_requests as (select * from {{ touched_requests }} as requests),
    {% endif %}

    requests as (
        select
            *,
            -- Whole microseconds, so that sums of squares are exact in any order. A gap that
            -- crosses midnight belongs to neither day.
            case
                when
                    round(seconds_since_previous * 1e6)
                    <= {{ micros("occurred_at") }} - {{ micros("activity_date") }}
                then round(seconds_since_previous * 1e6)::bigint
            end as gap,
            case
                when
                    round((seconds_since_previous + seconds_before_previous) * 1e6)
                    <= {{ micros("occurred_at") }} - {{ micros("activity_date") }}
                then round(seconds_before_previous * 1e6)::bigint
            end as gap_before
        from {{ requests_in }}
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
            count(*) filter (
                where {{ is_capped("output_tokens", "max_tokens") }}
            ) as capped_output_count,
            count(max_tokens) as limited_output_count,
            count(*) filter (where is_newest_model) as newest_model_count,
            count(is_newest_model) as released_model_count,
            count(*) filter (where surface = 'chat') as chat_count,
            count(*) filter (where surface = 'api') as api_count,
            count(*) filter (where surface = 'mcp') as mcp_count,
            {% for value in distinct_counts.values() %}
                count({{ value }}) > 0 as any_{{ value }},
            {% endfor %}
            count(gap) as gap_count,
            sum(gap)::{{ wide_integer() }} as gap_sum,
            sum(gap::{{ wide_integer() }} * gap) as gap_square_sum,
            count(gap_before) as pair_count,
            sum(gap_before)::{{ wide_integer() }} as earlier_sum,
            max(gap) filter (where gap_before is null)::{{ wide_integer() }} as first_gap,
            sum(gap::{{ wide_integer() }} * gap_before) as product_sum
        from requests
        group by account_id, activity_date
    ),

    -- The gaps of a day are a chain: each but the first is the later one of a pair, and each but
    -- the last the earlier one.
    gap_days as (
        select
            *,
            gap_sum - first_gap as later_sum,
            gap_square_sum - first_gap * first_gap as later_square_sum,
            gap_square_sum
            - (gap_sum - earlier_sum) * (gap_sum - earlier_sum) as earlier_square_sum,
            gap_sum / gap_count / 1e6 as gap_mean_seconds,
            sqrt(gap_count * gap_square_sum - gap_sum * gap_sum)
            / nullif(gap_sum, 0)::double as gap_cv
        from request_days
    ),

    {% if is_incremental() %}
        -- What the trailing columns count of the days before those that are made again.
        window_days as (
            select *
            from gap_days
            union all by name
            select
                account_id,
                activity_date,
                request_count,
                input_tokens,
                output_tokens,
                refused_count,
                round(reasoning_share * request_count)::bigint as reasoning_count
            from {{ this }}
            inner join {{ ref("stg_touched_accounts") }} as touched using (account_id)
            where
                activity_date < touched.from_date
                and activity_date >= touched.from_date - {{ trailing_days - 1 }}
        ),
    {% endif %}

    -- Most days have one value of each or none, which `request_days` knows: only days with more are
    -- held. One grouping a value, so that only one of these large tables is held at a time.
    distinct_values as (
        {% for count, value in distinct_counts.items() %}
            select
                account_id,
                activity_date,
                {% for other in distinct_counts %}
                    {{ "count(*)" if other == count else "null::bigint" }} as {{ other }}
                    {{ "," if not loop.last }}
                {% endfor %}
            from
                (
                    select account_id, activity_date
                    from {{ requests_in }}
                    where {{ value }} is not null
                    group by account_id, activity_date, {{ value }}
                ) as {{ value }}_days
            group by account_id, activity_date
            having count(*) > 1 {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    distinct_days as (
        select
            account_id,
            activity_date,
            {% for count in distinct_counts %}
                max({{ count }}) as {{ count }} {{ "," if not loop.last }}
            {% endfor %}
        from distinct_values
        group by account_id, activity_date
    ),

    -- Apart from the others: most days with a slot have many, so that hardly a row would be spared.
    day_slots as (
        select account_id, activity_date, slot_hash
        from {{ requests_in }}
        where slot_hash is not null
        group by account_id, activity_date, slot_hash
    ),

    slot_days as (
        select account_id, activity_date, count(*) as slot_count
        from day_slots
        group by account_id, activity_date
    ),

    hour_days as (
        select
            account_id,
            {{ day_of("activity_hour") }} as activity_date,
            count(*) as active_hour_count,
            {{ hour_entropy("request_count") }} as hour_entropy
        from
            {{
                touched_rows(
                    ref("feat_account_hours"), "activity_hour", "touched.from_date"
                )
            }} as account_hours
        group by account_id, {{ day_of("activity_hour") }}
    ),

    template_counts as (
        select account_id, activity_date, template_hash, count(*) as request_count
        from {{ requests_in }}
        where template_hash is not null
        group by account_id, activity_date, template_hash
    ),

    template_days as (
        select
            account_id,
            activity_date,
            sum(request_count) as templated_count,
            count(*) as template_count,
            {{ last_by("template_hash", ["request_count", "template_hash"]) }} as top_template_hash,
            max(request_count) as top_template_count,
            coalesce(
                sum(request_count) filter (where request_count > 1), 0
            ) as repeated_template_count
        from template_counts
        group by account_id, activity_date
    ),

    -- From the hours, which know every day too: what is read twice is held, and `request_days` has
    -- many columns.
    verified_days as (
        select account_id, hour_days.activity_date, true as is_verified
        from hour_days
        inner join {{ ref("int_verified_memberships") }} as memberships using (account_id)
        where
            memberships.from_at < hour_days.activity_date + interval 1 day
            and coalesce(memberships.to_at > hour_days.activity_date, true)
        group by account_id, hour_days.activity_date
    )

select
    account_id,
    activity_date,
    {{ days_between("accounts.created_at::date", "activity_date") }} as account_age_days,
    coalesce(verified_days.is_verified, false) as is_verified_org_member,
    gap_days.request_count,
    gap_days.input_tokens,
    gap_days.output_tokens,
    {{ share("gap_days.output_tokens", "gap_days.input_tokens") }} as output_input_ratio,
    gap_days.tool_call_count,
    gap_days.refused_count,
    gap_days.refused_count / gap_days.request_count as refused_share,
    gap_days.error_count,
    gap_days.rate_limited_count,
    coalesce(
        distinct_days.conversation_count, gap_days.any_conversation_id::bigint
    ) as conversation_count,
    coalesce(template_days.template_count, 0) as template_count,
    coalesce(distinct_days.task_label_count, gap_days.any_task_label::bigint) as task_label_count,
    coalesce(distinct_days.ip_count, gap_days.any_ip_hmac::bigint) as ip_count,
    coalesce(distinct_days.ip_prefix_count, gap_days.any_ip_prefix_hmac::bigint) as ip_prefix_count,
    coalesce(distinct_days.country_count, gap_days.any_country::bigint) as country_count,
    coalesce(distinct_days.device_count, gap_days.any_device_id::bigint) as device_count,
    coalesce(distinct_days.model_count, gap_days.any_model_version::bigint) as model_count,
    coalesce(distinct_days.system_count, gap_days.any_system_hash::bigint) as system_count,
    coalesce(slot_days.slot_count, 0) as slot_count,
    coalesce(distinct_days.target_count, gap_days.any_target_hmac::bigint) as target_count,
    hour_days.active_hour_count,
    hour_days.hour_entropy,
    gap_days.gap_count,
    gap_days.gap_mean_seconds,
    gap_days.gap_cv,
    -- Few gaps look regular whatever they are; what the correction leaves of that is gone at
    -- twenty.
    case
        when gap_days.gap_count >= 20 then {{ burstiness("gap_days.gap_cv", "gap_days.gap_count") }}
    end as gap_burstiness,
    case
        when gap_days.pair_count >= 50
        then
            (
                gap_days.pair_count * gap_days.product_sum
                - gap_days.later_sum * gap_days.earlier_sum
            ) / nullif(
                sqrt(
                    gap_days.pair_count * gap_days.later_square_sum
                    - gap_days.later_sum * gap_days.later_sum
                ) * sqrt(
                    gap_days.pair_count * gap_days.earlier_square_sum
                    - gap_days.earlier_sum * gap_days.earlier_sum
                ),
                0
            )
    end as gap_memory,
    template_days.top_template_hash,
    template_days.top_template_count / template_days.templated_count as top_template_share,
    template_days.repeated_template_count
    / template_days.templated_count as repeated_template_share,
    gap_days.reasoning_count / gap_days.request_count as reasoning_share,
    {{ share("gap_days.capped_output_count", "gap_days.limited_output_count") }}
    as capped_output_share,
    {{ share("gap_days.newest_model_count", "gap_days.released_model_count") }}
    as newest_model_share,
    gap_days.chat_count / gap_days.request_count as chat_share,
    gap_days.api_count / gap_days.request_count as api_share,
    gap_days.mcp_count / gap_days.request_count as mcp_share,
    sum(gap_days.request_count) over trailing_7d::bigint as request_count_7d,
    sum(gap_days.input_tokens) over trailing_7d::bigint as input_tokens_7d,
    sum(gap_days.output_tokens) over trailing_7d::bigint as output_tokens_7d,
    count(*) over trailing_7d as active_days_7d,
    sum(gap_days.refused_count) over trailing_7d
    / sum(gap_days.request_count) over trailing_7d as refused_share_7d,
    sum(gap_days.reasoning_count) over trailing_7d
    / sum(gap_days.request_count) over trailing_7d as reasoning_share_7d,
    sum(gap_days.request_count) over trailing_28d::bigint as request_count_28d,
    sum(gap_days.input_tokens) over trailing_28d::bigint as input_tokens_28d,
    sum(gap_days.output_tokens) over trailing_28d::bigint as output_tokens_28d,
    count(*) over trailing_28d as active_days_28d,
    sum(gap_days.refused_count) over trailing_28d
    / sum(gap_days.request_count) over trailing_28d as refused_share_28d,
    sum(gap_days.reasoning_count) over trailing_28d
    / sum(gap_days.request_count) over trailing_28d as reasoning_share_28d,
    coalesce(sum(gap_days.request_count) over previous_28d, 0)::bigint as request_count_previous_28d
from {{ "window_days" if is_incremental() else "gap_days" }} as gap_days
left join distinct_days using (account_id, activity_date)
left join slot_days using (account_id, activity_date)
left join hour_days using (account_id, activity_date)
left join template_days using (account_id, activity_date)
left join verified_days using (account_id, activity_date)
left join {{ ref("stg_accounts") }} as accounts using (account_id)
-- Ranges, not rows: an account has no row for a day on which it did nothing.
window
    trailing_7d as (
        partition by account_id
        order by {{ days_between("date '1970-01-01'", "activity_date") }}
        range between 6 preceding and current row
    ),
    trailing_28d as (
        partition by account_id
        order by {{ days_between("date '1970-01-01'", "activity_date") }}
        range between 27 preceding and current row
    ),
    previous_28d as (
        partition by account_id
        order by
            {{ days_between("date '1970-01-01'", "activity_date") }}
            range between {{ trailing_days - 1 }} preceding and 28 preceding
    )
{% if is_incremental() %} qualify gap_days.gap_count is not null {% endif %}
-- Rows of one account lie together, so that a question about it reads little.
order by account_id, activity_date
