-- The features of account days for ClickHouse: what bench_features.py compares with the models'.
with
    requests as (
        select *,
            toUnixTimestamp64Micro(occurred_at) - toInt64(toUnixTimestamp(toDateTime(activity_date, 'UTC'))) * 1000000 as since,
            toInt64(round(seconds_since_previous * 1e6)) as gap_raw,
            toInt64(round((seconds_since_previous + seconds_before_previous) * 1e6)) as both_raw,
            if(seconds_since_previous is not null and gap_raw <= since, gap_raw, null) as gap,
            if(seconds_before_previous is not null and both_raw <= since, toInt64(round(seconds_before_previous * 1e6)), null) as gap_before
        from /* file */
    ),
    sums as (
    select
        account_id, activity_date,
        count() as request_count,
        sum(requests.input_tokens) as input_tokens,
        sum(requests.output_tokens) as output_tokens,
        sum(tool_calls) as tool_call_count,
        countIf(refused) as refused_count,
        countIf(status >= 400) as error_count,
        countIf(status = 429) as rate_limited_count,
        countIf(task_label in ('reasoning_trace', 'rubric_grading')) as reasoning,
        countIf(requests.output_tokens >= 0.95 * max_tokens) as capped,
        count(max_tokens) as limited,
        countIf(is_newest_model) as newest,
        count(is_newest_model) as released,
        countIf(surface = 'chat') as chat,
        countIf(surface = 'api') as api,
        countIf(surface = 'mcp') as mcp,
        count(template_hash) as templated,
        count(gap) as gap_count,
        sum(toInt128(gap)) as gap_sum,
        sum(toInt128(gap) * gap) as gap_squares,
        count(gap_before) as pair_count,
        sumIf(toInt128(gap), gap_before is not null) as later,
        sum(toInt128(gap_before)) as earlier,
        sumIf(toInt128(gap) * gap, gap_before is not null) as later_squares,
        sum(toInt128(gap_before) * gap_before) as earlier_squares,
        sum(toInt128(gap) * gap_before) as products,
        /* distinct */
    from requests
    group by account_id, activity_date
    ),
    hours as (
        select account_id, activity_date, count() as active_hour_count,
            (log(sum(n)) - sum(n * log(n)) / sum(n)) / log(24) as hour_entropy
        from (select account_id, activity_date, toHour(occurred_at, 'UTC') as hour, count() as n from requests group by account_id, activity_date, hour)
        group by account_id, activity_date
    ),
    templates as (
        select account_id, activity_date, count() as template_count, max(n) as top_count,
            argMax(template_hash, (n, template_hash)) as top_template_hash, sumIf(n, n > 1) as repeated
        from (select account_id, activity_date, template_hash, count() as n from requests where template_hash is not null group by account_id, activity_date, template_hash)
        group by account_id, activity_date
    ),
    joined as (
        select sums.account_id as account_id, sums.activity_date as activity_date,
            sums.* except (account_id, activity_date), hours.active_hour_count as active_hour_count, hours.hour_entropy as hour_entropy,
            ifNull(templates.template_count, 0) as template_count, templates.top_count as top_count,
            templates.top_template_hash as top_template_hash, templates.repeated as repeated
        from sums left join hours using (account_id, activity_date) left join templates using (account_id, activity_date)
    ),
    shares as (
    select *,
        sum(request_count) over (partition by account_id order by toInt64(toDate(activity_date)) range between 6 preceding and current row) as request_count_7d,
        sum(request_count) over (partition by account_id order by toInt64(toDate(activity_date)) range between 27 preceding and current row) as request_count_28d,
        count() over (partition by account_id order by toInt64(toDate(activity_date)) range between 6 preceding and current row) as active_days_7d,
        count() over (partition by account_id order by toInt64(toDate(activity_date)) range between 27 preceding and current row) as active_days_28d,
        output_tokens / nullIf(input_tokens, 0) as output_input_ratio,
        refused_count / request_count as refused_share,
        if(gap_count > 0, toFloat64(gap_sum) / gap_count / 1e6, null) as gap_mean_seconds,
        if(gap_sum > 0, sqrt(toFloat64(gap_count * gap_squares - gap_sum * gap_sum)) / toFloat64(gap_sum), null) as gap_cv,
        sqrt(toFloat64(pair_count * later_squares - later * later)) * sqrt(toFloat64(pair_count * earlier_squares - earlier * earlier)) as pair_scale,
        if(pair_count >= 50 and pair_scale > 0, toFloat64(pair_count * products - later * earlier) / pair_scale, null) as gap_memory,
        if(templated > 0, top_count / templated, null) as top_template_share,
        if(templated > 0, repeated / templated, null) as repeated_template_share,
        reasoning / request_count as reasoning_share,
        capped / nullIf(limited, 0) as capped_output_share,
        newest / nullIf(released, 0) as newest_model_share,
        chat / request_count as chat_share,
        api / request_count as api_share,
        mcp / request_count as mcp_share,
        if(gap_count >= 20, (sqrt(gap_count + 1) * gap_cv - sqrt(gap_count - 1)) / ((sqrt(gap_count + 1) - 2) * gap_cv + sqrt(gap_count - 1)), null) as gap_burstiness
    from joined
    )
select account_id, activity_date, /* features */ from shares
settings join_use_nulls = 1
