-- The rule of CooRTweet (detect_groups.R and calc_group_combinations.R at d31a008), with an
-- object = what $object_type says and a content = a conversation, or a request that stands
-- outside one:
-- 1. drop accounts with fewer than `min_participation` acts in the window of time;
-- 2. pair the acts on one object that lie at most `time_window_seconds` apart;
-- 3. drop pairs of one content or of one account with itself;
-- 4. keep a pair if either content belongs to an account with at least `min_participation` acts
-- among the contents that were paired (an act counts, not a content: one content may touch
-- several objects).
-- The older content comes first. Theirs orders the contents of one and the same second as the
-- input file happened to; ours orders them by content id.
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

select object_id, content_id, content_id_y, account_id, account_id_y, time_delta, occurred_at
from paired_acts
where
    content_id in (select content_id from participating_contents)
    or content_id_y in (select content_id from participating_contents)
order by occurred_at, object_id, content_id, content_id_y, account_id, account_id_y, time_delta
limit $limit
