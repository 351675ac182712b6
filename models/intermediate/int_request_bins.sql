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
            sum(bin_share::decimal(18, 12))::double / any_value(account_count) as reference_share
        from account_bins
        inner join surface_accounts using (surface)
        group by surface, bin
    )

select
    account_id,
    surface,
    week_starts_on,
    bin,
    bin_counts.request_count,
    reference_bins.reference_share
from bin_counts
inner join reference_bins using (surface, bin)
