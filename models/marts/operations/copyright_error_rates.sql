with

    -- What has no label is neither wrong nor right, and does not count.
    checked as (
        select
            'notices' as stream,
            unnest(['all', sender_tier]) as sender_tier,
            (check_label in ('not_infringing', 'false_assertion'))::integer as is_wrong,
            check_inclusion_prob as inclusion_prob
        from {{ ref("int_notice_targets") }}
        where actioned_at is not null
        union all
        -- Outputs that a filter held back: no notice, no sender.
        select 'output filter', 'all', (qa_label <> 'infringing')::integer, inclusion_prob
        from {{ ref("stg_similarity_flags") }}
        where blocked
    ),

    weighted as (
        {{ horvitz_thompson("checked", "is_wrong", "inclusion_prob", by=["stream", "sender_tier"]) }}
    ),

    wrong as (
        select stream, sender_tier, sum(is_wrong)::bigint as wrong_count
        from checked
        where inclusion_prob > 0
        group by stream, sender_tier
    ),

    actioned as (
        select
            'notices' as stream,
            unnest(['all', targets.sender_tier]) as sender_tier,
            targets.counter_valid,
            targets.restored_at is not null as is_restored
        from {{ ref("int_notice_targets") }} as targets
        where targets.actioned_at is not null
        union all
        select 'output filter', 'all', null, null
        from {{ ref("stg_similarity_flags") }}
        where blocked
    ),

    totals as (
        select
            stream,
            sender_tier,
            count(*) as actioned_count,
            count(*) filter (where counter_valid) as countered_count,
            count(*) filter (where is_restored) as restored_count
        from actioned
        group by stream, sender_tier
    )

select
    totals.stream,
    totals.sender_tier,
    totals.actioned_count,
    totals.countered_count,
    totals.restored_count,
    coalesce(weighted.sample_count, 0) as sample_count,
    coalesce(wrong.wrong_count, 0) as wrong_count,
    weighted.mean as false_positive_rate,
    {{ wilson_low("weighted.mean * weighted.effective_count", "weighted.effective_count") }}
    as false_positive_rate_low,
    {{ wilson_high("weighted.mean * weighted.effective_count", "weighted.effective_count") }}
    as false_positive_rate_high,
    weighted.effective_count,
    -- What would be published from counter-notices alone.
    case
        when totals.stream = 'notices'
        then {{ share("totals.countered_count", "totals.actioned_count") }}
    end as countered_share
from totals
left join weighted using (stream, sender_tier)
left join wrong using (stream, sender_tier)
order by totals.stream, totals.sender_tier
