-- The accounts that `coordinated_actions` pairs, as a graph: one edge per two accounts. The rule
-- and its source stand in coordinated_actions.sql; a test holds the two to one result.
with

    acts as (
        select
            template_hash as object_id,
            coalesce(conversation_id, request_id) as content_id,
            account_id,
            occurred_at,
            cast(floor(epoch(occurred_at) / ($time_window_seconds + 1)) as bigint) as time_slot
        from {{ ref("int_requests") }}
        where
            occurred_at >= $since
            and occurred_at < $until
            and template_hash is not null
            and account_id is not null
            and ($surface is null or surface = $surface)
        qualify count(*) over (partition by account_id) >= $min_participation
    ),

    -- Acts within the window lie in the same slot of time or in neighbouring ones: the join by slot
    -- keeps a popular object from being paired with itself over the whole period.
    slotted_acts as (select *, unnest([time_slot, time_slot - 1]) as earlier_slot from acts),

    paired_acts as (
        select
            older.object_id,
            older.content_id,
            newer.content_id as content_id_y,
            older.account_id,
            newer.account_id as account_id_y,
            cast(floor(epoch(newer.occurred_at - older.occurred_at)) as bigint) as time_delta,
            older.occurred_at
        from acts as older
        inner join
            slotted_acts as newer
            on older.object_id = newer.object_id
            and older.time_slot = newer.earlier_slot
            and newer.occurred_at >= older.occurred_at
            and newer.occurred_at <= older.occurred_at + to_seconds($time_window_seconds)
        where
            older.account_id != newer.account_id
            and older.content_id != newer.content_id
            and (newer.occurred_at > older.occurred_at or newer.content_id > older.content_id)
    ),

    paired_contents as (
        select content_id
        from paired_acts
        union
        select content_id_y as content_id
        from paired_acts
    ),

    participating_contents as (
        select acts.content_id
        from acts
        semi join paired_contents using (content_id)
        qualify count(*) over (partition by acts.account_id) >= $min_participation
    )

select
    least(account_id, account_id_y) as account_id,
    greatest(account_id, account_id_y) as account_id_y,
    count(*) as weight,
    count(distinct object_id) as object_count,
    sum(time_delta) / count(*) as mean_time_delta,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at
from paired_acts
where
    content_id in (select content_id from participating_contents)
    or content_id_y in (select content_id from participating_contents)
group by 1, 2
order by weight desc, 1, 2
limit $limit
