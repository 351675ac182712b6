{#
    Windows are held against what everybody else on the surface does. How far a window of n requests strays
    by chance alone is told by the windows of the same size of all accounts on the surface: their median and
    the one in a hundred that strays furthest, within a band of sizes. Violators among them raise it a little.
#}
with

    binned_requests as (
        select
            account_id,
            surface,
            date_trunc('week', activity_date)::date as week_starts_on,
            -- Topic, whether the words were used before, and length in powers of four.
            task_label
            || case when reused_templates.template_hash is null then ' free ' else ' template ' end
            || floor(ln(greatest(output_tokens, 1)) / ln(4))::bigint as bin
        from {{ ref("int_requests") }} as requests
        left join
            {{ ref("int_templates") }} as reused_templates
            on requests.template_hash = reused_templates.template_hash
        where account_id is not null and task_label is not null
    ),

    bin_counts as (
        select account_id, surface, week_starts_on, bin, count(*) as request_count
        from binned_requests
        group by account_id, surface, week_starts_on, bin
    ),

    -- The reference is one account, one voice: the largest clients would otherwise be all of it.
    account_bins as (
        select
            account_id,
            surface,
            bin,
            sum(request_count)
            / sum(sum(request_count)) over (partition by account_id, surface) as bin_share
        from bin_counts
        group by account_id, surface, bin
    ),

    surface_accounts as (
        select surface, count(distinct account_id) as account_count
        from account_bins
        group by surface
    ),

    reference_bins as (
        select
            surface,
            bin,
            sum(bin_share::decimal(18, 12))::double / any_value(account_count) as share
        from account_bins
        inner join surface_accounts using (surface)
        group by surface, bin
    ),

    windows as (
        select account_id, surface, week_starts_on, sum(request_count)::bigint as request_count
        from bin_counts
        group by account_id, surface, week_starts_on
    ),

    -- Jensen and Shannon's divergence in bits: bins of the window here, the rest of the reference
    -- by
    -- what is left of its whole.
    divergences as (
        select
            windows.account_id,
            windows.surface,
            windows.week_starts_on,
            windows.request_count,
            count(*) as bin_count,
            {{
                jensen_shannon(
                    "bin_counts.request_count / windows.request_count",
                    "coalesce(reference_bins.share, 0)",
                )
            }} as jensen_shannon_bits
        from windows
        inner join bin_counts using (account_id, surface, week_starts_on)
        left join
            reference_bins
            on bin_counts.surface = reference_bins.surface
            and bin_counts.bin = reference_bins.bin
        group by windows.account_id, windows.surface, windows.week_starts_on, windows.request_count
    ),

    banded as (select *, floor(log2(request_count))::bigint as size_band from divergences),

    -- What windows of this size do: their median and what one in a hundred passes.
    size_bands as (
        select
            surface,
            size_band,
            count(*) as window_count,
            count(distinct account_id) as account_count,
            quantile_cont(jensen_shannon_bits, 0.5) as median_bits,
            quantile_cont(jensen_shannon_bits, 0.99) as p99_bits
        from banded
        group by surface, size_band
    )

select
    account_id,
    surface,
    week_starts_on,
    banded.request_count,
    banded.bin_count,
    banded.jensen_shannon_bits,
    size_bands.account_count as peer_count,
    size_bands.median_bits as peer_median_bits,
    size_bands.p99_bits as peer_p99_bits,
    banded.jensen_shannon_bits / nullif(size_bands.p99_bits, 0) as bits_over_peers
from banded
inner join size_bands using (surface, size_band)
