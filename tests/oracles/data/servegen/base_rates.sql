-- Naive single rules on the ServeGen clients, as a table: run in the folder that holds
-- servegen_client_windows.parquet and servegen_client_tokens.parquet, with DuckDB 1.5, and write the rows to
-- seeds/benign_base_rates.csv:
--     duckdb -csv < base_rates.sql
-- The rules and their bounds are those of the study that first counted them. Rules on hours, and whether
-- output outweighs input (mean of the blocks' means over mean of the blocks' means), are asked of clients with more
-- than 1,000 requests; the others of every client of which the source tells what the rule needs, one without an
-- active window (m-mid 97) included. The rules tripped together take the mean of the blocks' ratios instead.
with

    hours as (
        select workload, client_id, (window_start_s // 3600) % 24 as hour_of_day, sum(requests) as requests
        from read_parquet('servegen_client_windows.parquet')
        group by all
    ),

    entropies as (
        select
            workload,
            client_id,
            sum(requests) as requests,
            (ln(sum(requests)) - sum(requests * ln(nullif(requests, 0))) / sum(requests)) / ln(24) as hour_entropy
        from hours
        group by all
    ),

    gaps as (
        select workload, client_id, median(interarrival_cv) as median_gap_cv
        from read_parquet('servegen_client_windows.parquet')
        group by all
    ),

    days as (
        select workload, client_id, window_start_s // 86400 as day_no, sum(requests) as requests
        from read_parquet('servegen_client_windows.parquet')
        group by all
    ),

    spikes as (
        select workload, client_id, bool_or(coalesce(requests > 1000 and requests > 10 * requests_before, false)) as has_spike
        from
            (
                select *, lag(requests) over (partition by workload, client_id order by day_no) as requests_before
                from days
            )
        group by all
    ),

    tokens as (
        select
            workload,
            client_id,
            avg(input_top_share) as input_top_share,
            avg(output_sd / nullif(output_mean, 0)) as output_cv,
            avg(output_mean / nullif(input_mean, 0)) as output_input_ratio,
            avg(output_mean) / nullif(avg(input_mean), 0) as ratio_of_means
        from read_parquet('servegen_client_tokens.parquet')
        group by all
    ),

    clients as (
        from entropies
        join gaps using (workload, client_id)
        join spikes using (workload, client_id)
        full join tokens using (workload, client_id)
    ),

    counted as (
        select
            *,
            (hour_entropy > 0.98)::integer
            + (median_gap_cv > 1)::integer
            + has_spike::integer
            + coalesce(input_top_share > 0.2, false)::integer
            + coalesce(output_cv < 0.2, false)::integer
            + coalesce(output_input_ratio > 1, false)::integer as rules_tripped
        from clients
    ),

    asked as (
        select workload, requests, 'hour_entropy_over_0.98' as rule, hour_entropy > 0.98 as is_hit from counted where requests > 1000
        union all
        select workload, requests, 'hour_entropy_over_0.95', hour_entropy > 0.95 from counted where requests > 1000
        union all
        select workload, requests, 'median_gap_cv_over_1', median_gap_cv > 1 from counted where median_gap_cv is not null
        union all
        select workload, requests, 'day_over_10_times_the_day_before', has_spike from counted where requests is not null
        union all
        select workload, requests, 'one_input_length_over_0.2', input_top_share > 0.2 from counted where input_top_share is not null
        union all
        select workload, requests, 'output_length_cv_under_0.2', output_cv < 0.2 from counted where output_cv is not null
        union all
        select workload, requests, 'output_over_input', ratio_of_means > 1 from counted where requests > 1000 and ratio_of_means is not null
        union all
        select workload, requests, 'any_rule', rules_tripped >= 1 from counted where requests > 1000
        union all
        select workload, requests, 'two_rules', rules_tripped >= 2 from counted where requests > 1000
        union all
        select workload, requests, 'three_rules', rules_tripped >= 3 from counted where requests > 1000
    )

select
    rule,
    'api' as surface,
    coalesce(workload, 'all') as workload,
    count(*) as client_count,
    count(*) filter (is_hit) as hit_count,
    round(count(*) filter (is_hit) / count(*), 4) as hit_share,
    round(coalesce(sum(requests) filter (is_hit), 0) / sum(requests), 4) as request_share,
    'alibaba/ServeGen @ f891d118' as source,
    '2025-01-01' as valid_from,
    null as valid_to
from asked
group by rule, rollup (workload)
order by rule, workload nulls first;
