with

    notices as (
        select
            date_trunc('month', received_at)::date as month_starts_on,
            unnest(['all', sender_tier]) as sender_tier,
            is_complete,
            missing_elements,
            actioned_count
        from {{ ref("notice_states") }}
    )

select
    month_starts_on,
    sender_tier,
    count(*) as notice_count,
    count(*) filter (where is_complete) as complete_count,
    count(*) filter (where list_contains(missing_elements, 'signature')) as without_signature_count,
    count(*) filter (where list_contains(missing_elements, 'work')) as without_work_count,
    count(*) filter (where list_contains(missing_elements, 'material')) as without_material_count,
    count(*) filter (where list_contains(missing_elements, 'contact')) as without_contact_count,
    count(*) filter (
        where list_contains(missing_elements, 'good faith')
    ) as without_good_faith_count,
    count(*) filter (where list_contains(missing_elements, 'authority')) as without_authority_count,
    count(*) filter (where actioned_count > 0) as acted_on_count,
    {{ share("count(*) filter (where is_complete)", "count(*)") }} as validity_share,
    {{ wilson_low("count(*) filter (where is_complete)", "count(*)") }} as validity_share_low,
    {{ wilson_high("count(*) filter (where is_complete)", "count(*)") }} as validity_share_high
from notices
group by month_starts_on, sender_tier
order by month_starts_on, sender_tier
