-- Blind checks of targets that were acted on: some of each sender tier, the open webform most.
create table out_target_checks as
with

    acted as (
        select
            *,
            case sender_tier when 'webform' then 0.3 when 'authenticated' then 0.2 else 0.15 end as check_prob,
            -- Wrong to act on: most of what an abuser claims, little of the rest.
            u('wrongly acted', target_key)
            < case when kind = 'copyright_abuser' then 0.6 when sender_tier = 'webform' then 0.09 when sender_tier = 'authenticated' then 0.03 else 0.01 end
                as is_wrong
        from targets
        where decision = 'actioned'
    ),

    drawn as (
        select
            *,
            'chk_' || substr(hmac('check', target_key), 1, 14) as check_id,
            after_days(actioned_at, 1 + 3 * u('check drawn', target_key)) as drawn_at,
            after_days(actioned_at, 4.5 + 5 * u('checked', target_key)) as checked_at
        from acted
        where u('is checked', target_key) < check_prob
    )

select
    check_id, notice_id, content_id, drawn_at, check_prob as inclusion_prob, null::varchar as qa_label, null::varchar as reviewer_id,
    drawn_at + interval 1 minute as recorded_at, 'quality' as source_system
from drawn, world
where drawn_at + interval 1 minute < ends_at
union all
select
    check_id, notice_id, content_id, drawn_at, check_prob,
    case when not is_wrong then 'infringing' when kind = 'copyright_abuser' then 'false_assertion' else 'not_infringing' end,
    (select min(reviewer_id) from reviewer_plan where role = 'qa'), checked_at + interval 1 minute, 'quality'
from drawn, world
where checked_at + interval 1 minute < ends_at;
