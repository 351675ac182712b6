-- One row per picture that a hash list knows: the rings' pictures, and some that match innocently.
create table pictures as
with

    known as (
        select
            'ibsa|' || group_key || '-' || picture_no as image_key,
            case when u('is listed', group_key || '-' || picture_no) < 0.65 then 'positive' end as opinion,
            'active' as status
        from (select distinct group_key from roster where kind = 'ibsa_ring') as rings, range(40) as pictures(picture_no)
        union all
        -- Popular pictures end up on lists by mistake, and are disputed or withdrawn later.
        select
            'meme|' || meme_no,
            case when meme_no % 2 = 0 then 'disputed' else 'positive' end,
            case when meme_no % 2 = 0 then 'active' else 'withdrawn' end
        from range(4) as memes(meme_no)
        union all
        select
            'unseen|' || entry_no,
            list_extract(['positive', 'positive', 'positive', 'seed', 'negative'], 1 + entry_no % 5),
            case when entry_no % 11 = 0 then 'withdrawn' else 'active' end
        from range(400) as entries(entry_no)
    )

select
    image_key,
    opinion,
    status,
    case when image_key like 'ibsa|%' then 'ncii_exchange' else 'community_hashes' end as list_id,
    'ent_' || substr(hmac('entry', image_key), 1, 12) as entry_id,
    -- How far the copies in circulation are from the hash on the list.
    case
        when u('is exact', image_key) < 0.3 then 0
        when u('is far', image_key) < 0.08 then 32 + whole('far', image_key, 12)
        else 2 + whole('distance', image_key, 28)
    end as distance,
    case when u('is poor', image_key) < 0.06 then 20 + whole('poor', image_key, 29) else 60 + whole('quality', image_key, 41) end
        as pdq_quality
from known
where opinion is not null
order by image_key;

-- 64 hexadecimal digits, the last word with `flipped` bits turned.
create macro pdq(image_key, flipped) as
    substr(hmac('pdq', image_key) || hmac('pdq again', image_key), 1, 48)
    || hex16(xor(md5_number_lower(concat_ws('|', getvariable('seed'), 'pdq word', image_key)), (1::ubigint << flipped::ubigint) - 1));

create table out_hash_entries as
select
    list_id,
    entry_id,
    'pdq' as type,
    pdq(image_key, 0) as value,
    opinion,
    status,
    case when list_id = 'ncii_exchange' then ['ncii'] else ['community', 'unverified'] end as tags,
    world.begins_at - to_days(5 + whole('listed', image_key, 200)::integer) as updated_at,
    updated_at + interval 1 hour as recorded_at,
    'hash_exchange' as source_system
from pictures, world;
