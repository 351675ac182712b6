with

    -- One notice is one strike, however many things it points to; what was given back is none.
    strikes as (
        select
            content_objects.account_id,
            targets.notice_id,
            bool_and(targets.restored_at is not null) as is_taken_back,
            min(targets.actioned_at) as actioned_at,
            count(*) as target_count
        from {{ ref("int_notice_targets") }} as targets
        inner join {{ ref("stg_content_objects") }} as content_objects using (content_id)
        where targets.actioned_at is not null and content_objects.account_id is not null
        group by content_objects.account_id, targets.notice_id
    )

select
    account_id,
    count(*) as notice_count,
    count(*) filter (where is_taken_back) as taken_back_count,
    count(*) filter (where not is_taken_back) as standing_count,
    sum(target_count)::bigint as target_count,
    min(actioned_at) filter (where not is_taken_back) as first_standing_at,
    max(actioned_at) filter (where not is_taken_back) as last_standing_at,
    count(*) filter (where not is_taken_back) >= 2 as is_repeat
from strikes
group by account_id
order by standing_count desc, account_id
