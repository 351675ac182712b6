{#
    As with accounts (feat_account_drift), but a cluster's week is held against weeks of groups of as many
    accounts that nothing joins, dealt at random: how far such a group strays by chance is what a cluster may.
    Their number is bounded, in the order of their hashes, which nobody chose.
#}
{% set group_sizes = [1, 2, 4, 8, 16, 32] %}
{% set dealt_accounts = 4096 %}

with

    bins as {{ once() }} (
        select
            account_id,
            bins.surface,
            bins.week_starts_on,
            bins.bin,
            bins.request_count,
            bins.reference_share,
            members.cluster_id
        from {{ ref("int_request_bins") }} as bins
        left join {{ ref("int_account_clusters") }} as members using (account_id)
    ),

    cluster_accounts as (
        select
            cluster_id, surface, week_starts_on, count(distinct account_id) as active_account_count
        from bins
        where cluster_id is not null
        group by cluster_id, surface, week_starts_on
    ),

    -- Held against groups of the same power of two of accounts.
    clusters as (
        select
            *,
            least(
                pow(2, floor(log2(active_account_count)))::bigint, {{ group_sizes | last }}
            ) as group_size
        from cluster_accounts
    ),

    cluster_bins as (
        select
            surface,
            week_starts_on,
            clusters.group_size,
            cluster_id,
            null::bigint as group_number,
            bins.bin,
            sum(bins.request_count)::bigint as request_count,
            any_value(bins.reference_share) as reference_share
        from clusters
        inner join bins using (cluster_id, surface, week_starts_on)
        group by surface, week_starts_on, clusters.group_size, cluster_id, bins.bin
    ),

    strangers as (
        select
            surface,
            week_starts_on,
            account_id,
            row_number() over (partition by surface, week_starts_on order by md5(account_id))
            - 1 as place,
            count(*) over (partition by surface, week_starts_on) as stranger_count
        from bins
        where cluster_id is null
        group by surface, week_starts_on, account_id
    ),

    seated as (
        select
            surface,
            week_starts_on,
            account_id,
            stranger_count,
            group_size,
            floor(place / group_size)::bigint as group_number
        from strangers
        cross join
            (
                values
                    {% for size in group_sizes %}
                        ({{ size }}){{ ", " if not loop.last }}
                    {% endfor %}
            ) as group_sizes(group_size)
        where place < {{ dealt_accounts }}
    ),

    -- The last group may have fewer accounts than it should; what is dealt at most is a multiple
    -- of every size.
    dealt as (select * from seated where (group_number + 1) * group_size <= stranger_count),

    group_bins as (
        select
            surface,
            week_starts_on,
            dealt.group_size,
            null::string as cluster_id,
            dealt.group_number,
            bins.bin,
            sum(bins.request_count)::bigint as request_count,
            any_value(bins.reference_share) as reference_share
        from dealt
        inner join bins using (surface, week_starts_on, account_id)
        group by surface, week_starts_on, dealt.group_size, dealt.group_number, bins.bin
    ),

    all_bins as (
        select *
        from cluster_bins
        union all
        select *
        from group_bins
    ),

    window_counts as (
        select
            surface,
            week_starts_on,
            group_size,
            cluster_id,
            group_number,
            sum(request_count)::bigint as window_request_count
        from all_bins
        group by surface, week_starts_on, group_size, cluster_id, group_number
    ),

    -- A sum over a window would sort all bins.
    window_bins as (
        select all_bins.*, window_counts.window_request_count
        from all_bins
        inner join
            window_counts
            on all_bins.surface = window_counts.surface
            and all_bins.week_starts_on = window_counts.week_starts_on
            and all_bins.group_size = window_counts.group_size
            and all_bins.cluster_id is not distinct from window_counts.cluster_id
            and all_bins.group_number is not distinct from window_counts.group_number
    ),

    divergences as {{ once() }} (
        select
            surface,
            week_starts_on,
            group_size,
            cluster_id,
            group_number,
            any_value(window_request_count) as request_count,
            count(*) as bin_count,
            floor(log2(any_value(window_request_count)))::bigint as size_band,
            {{ jensen_shannon("request_count / window_request_count", "reference_share") }}
            as jensen_shannon_bits
        from window_bins
        group by surface, week_starts_on, group_size, cluster_id, group_number
    ),

    -- What random groups of as many accounts do in weeks of as many requests.
    peers as (
        select
            surface,
            group_size,
            size_band,
            count(*) as peer_count,
            {{ quantile("jensen_shannon_bits", 0.5) }} as peer_median_bits,
            {{ quantile("jensen_shannon_bits", 0.99) }} as peer_p99_bits
        from divergences
        where cluster_id is null
        group by surface, group_size, size_band
    )

select
    divergences.cluster_id,
    divergences.surface,
    divergences.week_starts_on,
    clusters.active_account_count,
    divergences.request_count,
    divergences.bin_count,
    divergences.jensen_shannon_bits,
    divergences.group_size as peer_group_size,
    coalesce(peers.peer_count, 0) as peer_count,
    peers.peer_median_bits,
    peers.peer_p99_bits,
    divergences.jensen_shannon_bits / nullif(peers.peer_p99_bits, 0) as bits_over_peers
from divergences
inner join
    clusters
    on divergences.cluster_id = clusters.cluster_id
    and divergences.surface = clusters.surface
    and divergences.week_starts_on = clusters.week_starts_on
left join
    peers
    on divergences.surface = peers.surface
    and divergences.group_size = peers.group_size
    and divergences.size_band = peers.size_band
