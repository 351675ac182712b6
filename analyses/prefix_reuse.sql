with

    requests as (
        select account_id, prefix_block_hashes
        from {{ ref("int_requests") }}
        where
            occurred_at >= $since
            and occurred_at < $until
            and account_id = any($account_ids)
            and len(prefix_block_hashes) > 0
    ),

    totals as (
        select
            account_id,
            count(*) as request_count,
            sum(len(prefix_block_hashes))::bigint as block_count
        from requests
        group by account_id
    ),

    blocks as (
        -- An account may send a block many times; it has it once.
        select distinct account_id, unnest(prefix_block_hashes) as block_hash from requests
    ),

    sharing as (
        select account_id, block_hash, count(*) over (partition by block_hash) > 1 as is_shared
        from blocks
    ),

    shares as (
        select
            account_id,
            count(*) as distinct_block_count,
            count(*) filter (where is_shared) as shared_block_count
        from sharing
        group by account_id
    ),

    partners as (
        select blocks.account_id, count(distinct others.account_id) as partner_count
        from blocks
        inner join
            blocks as others
            on blocks.block_hash = others.block_hash
            and blocks.account_id != others.account_id
        group by blocks.account_id
    )

select
    account_id,
    totals.request_count,
    totals.block_count,
    shares.distinct_block_count,
    1 - shares.distinct_block_count / totals.block_count as reused_share,
    shares.shared_block_count,
    shares.shared_block_count / shares.distinct_block_count as shared_share,
    coalesce(partners.partner_count, 0) as partner_count
from totals
inner join shares using (account_id)
left join partners using (account_id)
order by shared_block_count desc, block_count desc, account_id
limit $limit
