{#
    What a cluster does that none of its members does alone, by week. Prompt prefixes are told by their blocks:
    what many accounts share is a library's or a product's, so blocks above a cap of accounts say nothing.
#}
{% set block_account_cap = 50 %}
{% set baton_minutes = 15 %}

with

    members as (select cluster_id, account_id from {{ ref("int_account_clusters") }}),

    requests as (
        select
            members.cluster_id,
            account_id,
            requests.request_id,
            requests.occurred_at,
            date_trunc('week', requests.activity_date)::date as week_starts_on,
            requests.header_hash,
            requests.status,
            requests.prefix_block_hashes
        from {{ ref("int_requests") }} as requests
        inner join members using (account_id)
    ),

    account_weeks as (
        select
            cluster_id,
            week_starts_on,
            account_id,
            count(*) as request_count,
            count(*) filter (where status = 429) as rate_limited_count
        from requests
        group by cluster_id, week_starts_on, account_id
    ),

    rosters as (
        select
            cluster_id,
            week_starts_on,
            count(*) as active_account_count,
            sum(request_count)::bigint as request_count,
            sum(rate_limited_count)::bigint as rate_limited_count
        from account_weeks
        group by cluster_id, week_starts_on
    ),

    last_rosters as (
        select cluster_id, week_starts_on + 7 as week_starts_on, active_account_count from rosters
    ),

    stayed as (
        select this_week.cluster_id, this_week.week_starts_on, count(*) as stayed_account_count
        from account_weeks as this_week
        inner join
            account_weeks as last_week
            on this_week.cluster_id = last_week.cluster_id
            and this_week.account_id = last_week.account_id
            and this_week.week_starts_on = last_week.week_starts_on + 7
        group by this_week.cluster_id, this_week.week_starts_on
    ),

    -- What all accounts send with: the share by which a header is expected anyway.
    all_headers as (
        select header_hash, count(*) / sum(count(*)) over () as expected_share
        from {{ ref("int_requests") }}
        where header_hash is not null
        group by header_hash
    ),

    header_weeks as (
        select
            cluster_id,
            week_starts_on,
            max(header_count) / sum(header_count) as top_header_share,
            {{ last_by("header_hash", ["header_count", "header_hash"]) }} as top_header_hash
        from
            (
                select cluster_id, week_starts_on, header_hash, count(*) as header_count
                from requests
                where header_hash is not null
                group by cluster_id, week_starts_on, header_hash
            ) as header_counts
        group by cluster_id, week_starts_on
    ),

    -- How much a busy account sends in a week; clusters that keep each member below it send more.
    busy_accounts as (
        select {{ quantile_of_values("request_count", 0.99) }} as busy_request_count
        from
            (
                select
                    account_id,
                    date_trunc('week', activity_date)::date as week_starts_on,
                    sum(request_count) as request_count
                from {{ ref("feat_account_days") }}
                group by account_id, week_starts_on
            ) as all_weeks
    ),

    -- A prompt may repeat a block; requests and accounts are counted distinct.
    blocks as (
        select
            cluster_id,
            week_starts_on,
            account_id,
            request_id,
            {{ each_value("prefix_block_hashes") }} as block
        from requests
    ),

    shared_blocks as (
        select cluster_id, block
        from blocks
        group by cluster_id, block
        having count(distinct account_id) > 1
    ),

    -- Counted over all accounts, not the clustered ones alone.
    rare_blocks as (
        select block
        from
            (
                select account_id, {{ each_value("prefix_block_hashes") }} as block
                from {{ ref("int_requests") }}
            ) as all_blocks
        semi join shared_blocks using (block)
        group by block
        having count(distinct account_id) <= {{ block_account_cap }}
    ),

    cluster_blocks as (
        select blocks.cluster_id, blocks.week_starts_on, block
        from blocks
        semi join rare_blocks using (block)
        group by blocks.cluster_id, blocks.week_starts_on, block
        having count(distinct blocks.account_id) > 1
    ),

    prefix_weeks as (
        select cluster_id, week_starts_on, count(distinct request_id) as shared_prefix_count
        from blocks
        semi join cluster_blocks using (cluster_id, week_starts_on, block)
        group by cluster_id, week_starts_on
    ),

    -- A chain goes on when a prompt begins with all blocks of an earlier one.
    chains as (
        select
            cluster_id,
            week_starts_on,
            account_id,
            request_id,
            occurred_at,
            {{ from_end("prefix_block_hashes", 1) }} as last_block,
            {{ from_end("prefix_block_hashes", 2) }} as block_before
        from requests
    ),

    batons as (
        select
            later.cluster_id, later.week_starts_on, count(distinct later.request_id) as baton_count
        from chains as later
        inner join
            chains as earlier
            on later.cluster_id = earlier.cluster_id
            and later.block_before = earlier.last_block
            and later.account_id <> earlier.account_id
            and later.occurred_at > earlier.occurred_at
            and later.occurred_at <= earlier.occurred_at + interval {{ baton_minutes }} minutes
        semi join rare_blocks on later.block_before = rare_blocks.block
        group by later.cluster_id, later.week_starts_on
    )

select
    cluster_id,
    week_starts_on,
    rosters.active_account_count,
    rosters.request_count,
    -- One less what stayed over all who were there in either week.
    1
    - coalesce(stayed.stayed_account_count, 0)
    / (
        rosters.active_account_count
        + last_rosters.active_account_count
        - coalesce(stayed.stayed_account_count, 0)
    ) as roster_churn,
    header_weeks.top_header_hash,
    header_weeks.top_header_share,
    header_weeks.top_header_share / all_headers.expected_share as top_header_lift,
    rosters.request_count / busy_accounts.busy_request_count as busy_accounts_worth,
    rosters.rate_limited_count / rosters.request_count as rate_limited_share,
    coalesce(prefix_weeks.shared_prefix_count, 0) / rosters.request_count as shared_prefix_share,
    coalesce(batons.baton_count, 0) as baton_count
from rosters
cross join busy_accounts
left join stayed using (cluster_id, week_starts_on)
left join last_rosters using (cluster_id, week_starts_on)
left join header_weeks using (cluster_id, week_starts_on)
left join all_headers on header_weeks.top_header_hash = all_headers.header_hash
left join prefix_weeks using (cluster_id, week_starts_on)
left join batons using (cluster_id, week_starts_on)
order by cluster_id, week_starts_on
