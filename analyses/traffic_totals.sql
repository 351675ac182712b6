with

    chosen_requests as (
        select source_system, surface, account_id, input_tokens, output_tokens, prefix_block_hashes
        from {{ ref("int_requests") }}
        where occurred_at >= $since and occurred_at < $until
    ),

    request_totals as (
        select
            source_system,
            surface,
            count(*) as request_count,
            count(distinct account_id) as account_count,
            sum(input_tokens) as input_tokens,
            sum(output_tokens) as output_tokens,
            avg(input_tokens) as mean_input_tokens,
            avg(output_tokens) as mean_output_tokens
        from chosen_requests
        group by source_system, surface
    ),

    prefix_blocks as (
        select source_system, surface, unnest(prefix_block_hashes) as block_hash
        from chosen_requests
    ),

    block_totals as (
        select
            source_system,
            surface,
            count(*) as prefix_block_count,
            count(distinct block_hash) as distinct_prefix_block_count
        from prefix_blocks
        group by source_system, surface
    )

select
    request_totals.source_system,
    request_totals.surface,
    request_totals.request_count,
    request_totals.account_count,
    request_totals.input_tokens,
    request_totals.output_tokens,
    request_totals.mean_input_tokens,
    request_totals.mean_output_tokens,
    block_totals.prefix_block_count,
    block_totals.distinct_prefix_block_count,
    1
    - block_totals.distinct_prefix_block_count
    / nullif(block_totals.prefix_block_count, 0) as prefix_block_reuse
from request_totals
left join block_totals using (source_system, surface)
order by request_totals.source_system, request_totals.surface
limit $limit
