-- One row per client of the ServeGen traces: run in the folder that holds servegen_client_windows.parquet
-- and servegen_client_tokens.parquet, with DuckDB 1.5, and write the rows to clients.csv:
--     duckdb -csv < derive.sql > clients.csv
with

    hours as (
        select
            workload,
            client_id,
            (window_start_s // 3600) % 24 as hour_of_day,
            sum(requests) as requests
        from read_parquet('servegen_client_windows.parquet')
        group by all
    ),

    hour_shares as (
        select
            *,
            requests / sum(requests) over (partition by workload, client_id) as hour_share
        from hours
    ),

    entropies as (
        select
            workload,
            client_id,
            sum(requests) as requests,
            -sum(hour_share * ln(hour_share)) / ln(24) as hour_entropy
        from hour_shares
        group by all
    ),

    gaps as (
        select
            workload,
            client_id,
            median(interarrival_cv) as median_gap_cv
        from read_parquet('servegen_client_windows.parquet')
        group by all
    ),

    tokens as (
        select
            workload,
            client_id,
            avg(input_mean) as input_mean,
            avg(input_sd / nullif(input_mean, 0)) as input_cv,
            avg(output_mean) as output_mean,
            avg(output_sd / nullif(output_mean, 0)) as output_cv,
            avg(output_mean / nullif(input_mean, 0)) as output_input_ratio
        from read_parquet('servegen_client_tokens.parquet')
        group by all
    )

select
    workload,
    client_id,
    requests::bigint as requests,
    round(hour_entropy, 5) as hour_entropy,
    round(median_gap_cv, 5) as median_gap_cv,
    round(input_mean, 3) as input_mean,
    round(input_cv, 5) as input_cv,
    round(output_mean, 3) as output_mean,
    round(output_cv, 5) as output_cv,
    round(output_input_ratio, 5) as output_input_ratio
from entropies
join gaps using (workload, client_id)
left join tokens using (workload, client_id)
order by workload, client_id;
