-- Statistics of clients, one row each: reads `clients` (origin real or made, and the columns of
-- data/servegen/clients.csv). Workload 'all' has the clients of all workloads of that origin.
with

    everyone as (
        select * from clients
        union all by name
        select * replace ('all' as workload) from clients
    ),

    ranked as (
        select
            *,
            row_number() over (partition by origin, workload order by requests, client_id) as place,
            count(*) over (partition by origin, workload) as client_count,
            sum(requests) over (partition by origin, workload) as all_requests,
            sum(requests) over (partition by origin, workload order by requests desc, client_id desc)
            - requests as requests_of_larger
        from everyone
    ),

    skew as (
        select
            origin,
            workload,
            'gini' as statistic,
            sum((2 * place - client_count - 1) * requests) / any_value(client_count * all_requests) as value
        from ranked
        group by origin, workload
        union all
        -- The share of clients that it takes to carry nine tenths of the requests.
        select
            origin,
            workload,
            'carriers',
            count(*) filter (requests_of_larger < 0.9 * all_requests) / count(*)
        from ranked
        group by origin, workload
    ),

    shares as (
        select origin, workload, 'bursty' as statistic, avg((median_gap_cv > 1)::integer) as value
        from everyone
        group by origin, workload
        union all
        select origin, workload, 'answers longer', avg((output_input_ratio > 1)::integer)
        from everyone
        group by origin, workload
    ),

    measured as (
        unpivot everyone
        on median_gap_cv, input_mean, input_cv, output_mean, output_cv, output_input_ratio
        into name measure value value
    ),

    hours as (
        select
            origin,
            workload,
            'hour_entropy at ' || case
                when requests >= 10000 then '10k' when requests >= 1000 then '1k' when requests >= 300 then '300'
                else '100'
            end as measure,
            hour_entropy as value
        from everyone
        where requests >= 100 and requests < 100000
    ),

    quartile_lists as (
        select origin, workload, measure, quantile_cont(value, [0.25, 0.5, 0.75]) as quartiles
        from (select origin, workload, measure, value from measured union all select * from hours) as all_measures
        group by origin, workload, measure
    ),

    quartiles as (
        select
            origin,
            workload,
            measure || ' ' || unnest(['p25', 'p50', 'p75']) as statistic,
            unnest(quartiles) as value
        from quartile_lists
    )

select * from skew
union all
select * from shares
union all
select * from quartiles
