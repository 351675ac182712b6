-- The accounts that `coordinated_actions` pairs, as a graph: one edge per two accounts. The rule
-- and its source stand in coordinated_actions.sql; a test holds the two to one result.
with

    -- Read again where it is needed: kept, all acts would be written out to disk.
    object_acts as not materialized(
        select
            case
                $object_type
                when 'template'
                then template_hash
                when 'filling'
                then slot_hash
                when 'prefix'
                then prefix_block_hashes[-1]::varchar
                when 'system_prompt'
                then system_hash
                when 'target'
                then target_hmac
                when 'contact'
                then contact_hmac
            end as object_id,
            coalesce(conversation_id, request_id) as content_id,
            account_id,
            occurred_at
        from {{ ref("int_requests") }}
        where
            occurred_at >= $since
            and occurred_at < $until
            and object_id is not null
            and account_id is not null
            and ($surface is null or surface = $surface)
        union all
        select sha256, content_id, account_id, created_at
        from {{ ref("int_uploads") }}
        where
            $object_type = 'upload'
            and created_at >= $since
            and created_at < $until
            and account_id is not null
    ),

    account_acts as (select account_id, count(*) as act_count from object_acts group by account_id),

    frequent_accounts as materialized(
        select account_id from account_acts where act_count >= $min_participation
    ),

    -- Whole numbers: arithmetic on instants with a time zone is many times slower.
    acts as not materialized(
        select
            *,
            epoch_us(occurred_at) as occurred_us,
            cast(
                floor(epoch_us(occurred_at) / (1000000 * ($time_window_seconds + 1))) as bigint
            ) as time_slot
        from object_acts
        semi join frequent_accounts using (account_id)
    ),

    -- Most objects are one account's alone: nothing on them has to be put in order.
    shared_objects as materialized(
        select object_id
        from object_acts
        group by object_id
        having min(account_id) != max(account_id)
    ),

    -- What nobody follows within the window is left out before anything is paired.
    near_acts as materialized(
        select *
        from acts
        semi join shared_objects using (object_id)
        qualify
            occurred_us - lag(occurred_us) over (partition by object_id order by occurred_us)
            <= 1000000 * $time_window_seconds
            or lead(occurred_us) over (partition by object_id order by occurred_us) - occurred_us
            <= 1000000 * $time_window_seconds
    ),

    -- Acts within the window lie in the same slot of time or in neighbouring ones: the join by slot
    -- keeps a popular object from being paired with itself over the whole period.
    slotted_acts as (select *, unnest([time_slot, time_slot - 1]) as earlier_slot from near_acts),

    paired_acts as (
        select
            older.object_id,
            older.content_id,
            newer.content_id as content_id_y,
            older.account_id,
            newer.account_id as account_id_y,
            cast(floor((newer.occurred_us - older.occurred_us) / 1000000) as bigint) as time_delta,
            older.occurred_at
        from near_acts as older
        inner join
            slotted_acts as newer
            on older.object_id = newer.object_id
            and older.time_slot = newer.earlier_slot
            and newer.occurred_us >= older.occurred_us
            and newer.occurred_us <= older.occurred_us + 1000000 * $time_window_seconds
        where
            older.account_id != newer.account_id
            and older.content_id != newer.content_id
            and (newer.occurred_us > older.occurred_us or newer.content_id > older.content_id)
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

select *
from
    (
        select
            least(account_id, account_id_y) as account_id,
            greatest(account_id, account_id_y) as account_id_y,
            count(*) as weight,
            count(
                distinct case when account_id < account_id_y then content_id else content_id_y end
            ) as act_count,
            count(
                distinct case when account_id < account_id_y then content_id_y else content_id end
            ) as act_count_y,
            count(distinct object_id) as object_count,
            sum(time_delta) / count(*) as mean_time_delta,
            min(occurred_at) as first_at,
            max(occurred_at) as last_at
        from paired_acts
        where
            content_id in (select content_id from participating_contents)
            or content_id_y in (select content_id from participating_contents)
        group by 1, 2
    ) as edges
where weight >= $minimum_weight
order by weight desc, 1, 2
limit $limit
