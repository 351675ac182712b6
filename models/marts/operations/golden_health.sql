with

    items as (
        select
            golden_items.*,
            coalesce(retired_at <= as_of, false) as is_retired,
            (epoch_us(as_of) - epoch_us(golden_items.recorded_at)) / 8.64e10::double as age_days,
            as_of
        from {{ ref("stg_golden_items") }} as golden_items
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
    ),

    in_evaluations as (
        select content_id
        from {{ ref("stg_content_objects") }}
        semi join {{ ref("stg_eval_items") }} using (sha256)
    ),

    -- An item that people also meet as ordinary work is no hidden item any more.
    met_elsewhere as (
        select distinct subject_id as content_id  -- of several tasks
        from {{ ref("stg_review_tasks") }}
        where subject_type = 'content' and not is_golden and qa_of_task_id is null
    ),

    shown as (
        select golden_item_id as item_id, count(*) as shown_count
        from {{ ref("stg_review_tasks") }}
        group by golden_item_id
    ),

    judged as (
        select
            items.*,
            in_evaluations.content_id is not null
            or met_elsewhere.content_id is not null as is_leaked,
            coalesce(shown.shown_count, 0) as shown_count
        from items
        left join in_evaluations using (content_id)
        left join met_elsewhere using (content_id)
        left join shown using (item_id)
    ),

    balances as (
        select set_id, version, min(stratum_count) as smallest_stratum_count
        from
            (
                select
                    set_id,
                    version,
                    stratum,
                    count(*) filter (where not is_retired) as stratum_count
                from judged
                group by set_id, version, stratum
            )
        group by set_id, version
    )

select
    judged.set_id,
    judged.version,
    count(*) as item_count,
    count(*) filter (where not is_retired) as live_count,
    count(*) filter (where not is_retired and len(adjudicators) >= 2) as adjudicated_by_two_count,
    count(*) filter (where not is_retired and is_leaked) as leaked_count,
    {{ share("leaked_count", "live_count") }} as leak_rate,
    {{ wilson_low("leaked_count", "live_count") }} as leak_rate_low,
    {{ wilson_high("leaked_count", "live_count") }} as leak_rate_high,
    quantile_cont(age_days, 0.5) filter (where not is_retired) as age_p50_days,
    max(age_days) filter (where not is_retired) as oldest_age_days,
    count(*) filter (where not is_retired and label = 'violating') as violating_count,
    balances.smallest_stratum_count,
    count(*) filter (where not is_retired and shown_count = 0) as never_shown_count,
    max(shown_count) as most_shown_count
from judged
inner join balances using (set_id, version)
group by judged.set_id, judged.version, balances.smallest_stratum_count
order by judged.set_id, judged.version
