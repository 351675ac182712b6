-- One row per API client of a made world, with the columns of data/servegen/clients.csv. Reads the
-- views `requests` (raw rows) and `planted` (account ids), which the test makes.
with

    -- A request that was sent twice counts once.
    client_requests as (
        select distinct on (request_id)
            request_id,
            account_id,
            occurred_at,
            model_version,
            input_tokens,
            output_tokens,
            status
        from requests
        where surface = 'api' and account_id not in (select account_id from planted)
        order by request_id
    ),

    hour_counts as (
        select account_id, hour(occurred_at) as hour_of_day, count(*) as requests
        from client_requests
        group by account_id, hour_of_day
    ),

    hour_shares as (
        select *, requests / sum(requests) over (partition by account_id) as hour_share
        from hour_counts
    ),

    entropies as (
        select account_id, sum(requests) as requests, -sum(hour_share * ln(hour_share)) / ln(24) as hour_entropy
        from hour_shares
        group by account_id
    ),

    gaps as (
        select
            account_id,
            time_bucket(interval 10 minute, occurred_at) as window_starts_at,
            epoch_us(occurred_at) - lag(epoch_us(occurred_at)) over (
                partition by account_id, time_bucket(interval 10 minute, occurred_at) order by occurred_at
            ) as gap
        from client_requests
    ),

    -- As in the real data, windows with fewer than ten requests say nothing.
    windows as (
        select account_id, window_starts_at, stddev_samp(gap) / avg(gap) as gap_cv
        from gaps
        group by account_id, window_starts_at
        having count(*) >= 10
    ),

    regularity as (
        select account_id, median(gap_cv) as median_gap_cv
        from windows
        group by account_id
    ),

    -- Lengths of those who sent enough for a mean.
    tokens as (
        select
            account_id,
            mode(model_version) as model_version,
            avg(input_tokens) as input_mean,
            stddev_samp(input_tokens) / avg(input_tokens) as input_cv,
            avg(output_tokens) as output_mean,
            stddev_samp(output_tokens) / avg(output_tokens) as output_cv,
            avg(output_tokens) / avg(input_tokens) as output_input_ratio
        from client_requests
        where status = 200
        group by account_id
        having count(*) >= 100
    )

select
    case when model_version = 'model-b' then 'reasoning' else 'chat' end as workload,
    account_id as client_id,
    requests,
    hour_entropy,
    median_gap_cv,
    input_mean,
    input_cv,
    output_mean,
    output_cv,
    output_input_ratio
from entropies
left join regularity using (account_id)
left join tokens using (account_id)
order by client_id
