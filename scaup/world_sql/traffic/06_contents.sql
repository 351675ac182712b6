-- Uploads, by hash, and their matches with the lists.
create or replace table block_content_objects as
select
    'cnt_' || substr(hmac('content', request_id), 1, 18) as content_id,
    request_id,
    account_id,
    case
        when image_key not like 'file|%' then 'image'
        else list_extract(['document', 'document', 'text', 'image', 'audio', 'video'], 1 + draw(request_key, 60) % 6)
    end as kind,
    hmac('bytes', block.image_key) || hmac('more bytes', block.image_key) as sha256,
    case when kind = 'image' then pdq(block.image_key, coalesce(pictures.distance, 0)) end as pdq_hex,
    case when kind = 'image' then coalesce(pictures.pdq_quality, 40 + draw(request_key, 61) % 61) end as pdq_quality,
    false as public,
    occurred_at as created_at,
    null::timestamptz as removed_at,
    recorded_at,
    'uploads' as source_system,
    release_day,
    request_key,
    pictures.list_id,
    pictures.entry_id,
    pictures.distance
from block_requests as block
left join pictures using (image_key)
where image_key is not null;

create or replace table block_hash_matches as
with

    listed as (
        select content_id, list_id, entry_id, distance, created_at, recorded_at, release_day, request_key
        from block_content_objects
        where entry_id is not null
        union all
        -- Now and then a stranger's picture comes close to an entry.
        select
            content_id, pictures.list_id, pictures.entry_id, 24 + draw(request_key, 62) % 8, created_at, recorded_at,
            release_day, request_key
        from block_content_objects
        join pictures on pictures.image_key = 'unseen|' || (draw(request_key, 63) % 400)
        where block_content_objects.entry_id is null and kind = 'image' and draw(request_key, 64) % 700 = 0
    )

select
    'mat_' || substr(hmac('match', content_id || entry_id), 1, 18) as match_id,
    content_id,
    list_id,
    entry_id,
    distance,
    created_at + to_seconds(3) as occurred_at,
    -- A match that was looked at is answered to the list some days later, if at all.
    case when draw(request_key, 65) % 100 < 50 and created_at + interval 6 day < ends_at
        then 'rev_' || lpad((1 + draw(request_key, 66) % 12)::varchar, 4, '0')
    end as verified_by,
    case when verified_by is not null and draw(request_key, 67) % 100 < 70
        then case when list_id = 'ncii_exchange' then 'confirmed' else 'false_positive' end
    end as feedback,
    case when feedback is not null then created_at + to_days((1 + draw(request_key, 68) % 5)::integer) end as feedback_at,
    greatest(recorded_at + to_seconds(3), coalesce(feedback_at, recorded_at)) as recorded_at,
    'hash_matcher' as source_system,
    release_day
from listed, world;
