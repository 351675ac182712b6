{#
    Windows are held against what everybody else on the surface does. How far a window of n requests strays
    by chance alone is told by the windows of the same size of all accounts on the surface: their median and
    the one in a hundred that strays furthest, within a band of sizes. Violators among them raise it a little.
#}
with

    windows as (
        select account_id, surface, week_starts_on, sum(request_count)::bigint as request_count
        from {{ ref("int_request_bins") }}
        group by account_id, surface, week_starts_on
    ),

    -- Jensen and Shannon's divergence in bits: bins of the window here, the rest of the reference
    -- by what is left of its whole.
    divergences as (
        select
            account_id,
            surface,
            week_starts_on,
            windows.request_count,
            count(*) as bin_count,
            {{
                jensen_shannon(
                    "bin_counts.request_count / windows.request_count",
                    "bin_counts.reference_share",
                )
            }} as jensen_shannon_bits
        from windows
        inner join
            {{ ref("int_request_bins") }} as bin_counts using (account_id, surface, week_starts_on)
        group by account_id, surface, week_starts_on, windows.request_count
    ),

    banded as (select *, floor(log2(request_count))::bigint as size_band from divergences),

    -- What windows of this size do: their median and what one in a hundred passes.
    size_bands as (
        select
            surface,
            size_band,
            count(*) as window_count,
            count(distinct account_id) as account_count,
            {{ quantile("jensen_shannon_bits", 0.5) }} as median_bits,
            {{ quantile("jensen_shannon_bits", 0.99) }} as p99_bits
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
