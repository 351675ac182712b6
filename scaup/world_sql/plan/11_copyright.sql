-- Copyright notices by sender. An abusive sender's claims turn out false more often than not; a new
-- sender has too few to say.
create table senders as
with

    counts as (
        select
            case size when 's' then 40 when 'm' then 150 when 'l' then 500 else 1500 end as sender_count,
            case size when 's' then 1 when 'm' then 2 when 'l' then 3 else 6 end as abusive_count,
            case size when 's' then 3 when 'm' then 6 when 'l' then 12 else 30 end as new_count
        from world
    )

select
    'snd_' || substr(hmac('sender', sender_no), 1, 10) as sender_id,
    sender_no,
    case
        when sender_no < abusive_count then 'copyright_abuser'
        when sender_no < abusive_count + new_count then 'new_sender'
        else 'ordinary'
    end as kind,
    case
        when kind <> 'ordinary' or u('tier', sender_no) < 0.6 then 'webform'
        when u('tier', sender_no) < 0.87 then 'authenticated'
        else 'trusted'
    end as sender_tier,
    case kind
        when 'copyright_abuser' then 70 + whole('notices', sender_no, 30)
        when 'new_sender' then 3 + whole('notices', sender_no, 3)
        else least(greatest(1, floor(2 * exp(1.1 * normal('notices', sender_no)))), 250)
    end::bigint as notice_count,
    case kind
        when 'copyright_abuser' then 0.85
        when 'new_sender' then 0.4
        else case sender_tier when 'webform' then 0.08 when 'authenticated' then 0.02 else 0.005 end
    end as false_share
from counts, range(counts.sender_count) as numbers(sender_no);

create table notices as
select
    senders.*,
    concat_ws('-', sender_no, notice_no) as notice_key,
    'ntc_' || substr(hmac('notice', concat_ws('-', sender_no, notice_no)), 1, 14) as notice_id,
    after_days(
        world.begins_at,
        case kind
            when 'copyright_abuser' then 12 + 75 * u('sent on', concat_ws('-', sender_no, notice_no))
            when 'new_sender' then 40 + 45 * u('sent on', concat_ws('-', sender_no, notice_no))
            else world.days * u('sent on', concat_ws('-', sender_no, notice_no))
        end
    ) as received_at,
    u('complete', concat_ws('-', sender_no, notice_no)) < case sender_tier when 'webform' then 0.88 else 0.97 end as is_complete
from senders, world, range(senders.notice_count) as numbers(notice_no);

create table out_copyright_notices as
select
    notice_id,
    received_at,
    sender_id,
    sender_tier,
    'pri_' || substr(hmac('principal', concat_ws('-', sender_no, whole('principal', notice_key, 3))), 1, 10) as principal_id,
    'wrk_' || substr(hmac('work', concat_ws('-', sender_no, whole('work', notice_key, 12))), 1, 10) as work_id,
    list_extract(['us-dmca', 'us-dmca', 'eu-dsa', 'uk'], 1 + whole('law', notice_key, 4)) as jurisdiction,
    is_complete or whole('missing', notice_key, 6) <> 0 as el_signature,
    is_complete or whole('missing', notice_key, 6) <> 1 as el_work,
    is_complete or whole('missing', notice_key, 6) <> 2 as el_material,
    is_complete or whole('missing', notice_key, 6) <> 3 as el_contact,
    is_complete or whole('missing', notice_key, 6) <> 4 as el_good_faith,
    is_complete or whole('missing', notice_key, 6) <> 5 as el_authority,
    received_at + interval 30 second as recorded_at,
    'notice_form' as source_system
from notices;

create table targets as
select
    notices.*,
    target_no,
    concat_ws('-', notice_key, target_no) as target_key,
    'cnt_' || substr(hmac('claimed content', concat_ws('-', notice_key, target_no)), 1, 18) as content_id,
    case
        when not is_complete then 'incomplete'
        when u('outcome', concat_ws('-', notice_key, target_no)) < false_share then 'false_assertion'
        when u('outcome', concat_ws('-', notice_key, target_no)) < false_share + 0.06 then 'not_infringing'
        when u('outcome', concat_ws('-', notice_key, target_no)) < false_share + 0.09 then 'duplicate'
        else 'infringing'
    end as reason,
    case when reason = 'infringing' then 'actioned' else 'rejected' end as decision,
    after_days(received_at, 0.15 + 2.2 * exp(0.7 * normal('decided', concat_ws('-', notice_key, target_no)))) as decided_at,
    case when decision = 'actioned' then decided_at + to_minutes(5 + whole('acted', concat_ws('-', notice_key, target_no), 300)) end
        as actioned_at,
    decision = 'actioned' and u('countered', concat_ws('-', notice_key, target_no))
    < case when kind = 'copyright_abuser' then 0.5 when sender_tier = 'webform' then 0.1 else 0.02 end as is_countered,
    after_days(decided_at, 0.5 + 6 * u('counter', concat_ws('-', notice_key, target_no))) as countered_at,
    u('sues', concat_ws('-', notice_key, target_no)) < 0.07 as sues
from notices, range(1 + floor(3 * pow(u('targets', notice_key), 3))::bigint) as numbers(target_no);

-- A target as received, as decided, and as restored after an unanswered counter-notice.
create table out_notice_targets as
with

    restored as (
        select
            targets.*,
            case when is_countered and not sues then after_days(countered_at, 15 + 3 * u('restored', target_key)) end as restored_at,
            ends_at
        from targets, world
    )

select
    notice_id, content_id, null::varchar as decision, null::timestamptz as decided_at, null::varchar as reason,
    null::timestamptz as actioned_at, null::timestamptz as restored_at, received_at + interval 1 minute as recorded_at,
    'notice_desk' as source_system
from restored
union all
select
    notice_id, content_id, decision, decided_at, reason, actioned_at, null, coalesce(actioned_at, decided_at) + interval 1 minute,
    'notice_desk'
from restored
where coalesce(actioned_at, decided_at) + interval 1 minute < ends_at
union all
select
    notice_id, content_id, decision, decided_at, reason, actioned_at, restored_at, restored_at + interval 1 minute, 'notice_desk'
from restored
where restored_at + interval 1 minute < ends_at;

create table out_counter_notices as
with

    filed as (
        select
            *,
            'ctr_' || substr(hmac('counter', target_key), 1, 14) as counter_id,
            u('counter valid', target_key) < 0.85 as is_valid,
            after_days(countered_at, 0.3 + 2 * u('forwarded', target_key)) as forwarded_at,
            after_days(countered_at, 4 + 8 * u('sued', target_key)) as suit_notified_at,
            ends_at
        from targets, world
        where is_countered and countered_at < ends_at
    )

select
    counter_id, notice_id, content_id, countered_at as received_at, null::boolean as valid, null::timestamptz as forwarded_at,
    null::timestamptz as suit_notified_at, countered_at + interval 1 minute as recorded_at, 'notice_desk' as source_system
from filed
union all
select
    counter_id, notice_id, content_id, countered_at, is_valid, case when is_valid then forwarded_at end, null,
    forwarded_at + interval 1 minute, 'notice_desk'
from filed
where forwarded_at + interval 1 minute < ends_at
union all
select
    counter_id, notice_id, content_id, countered_at, is_valid, forwarded_at, suit_notified_at,
    suit_notified_at + interval 1 minute, 'notice_desk'
from filed
where sues and is_valid and suit_notified_at + interval 1 minute < ends_at;
