with

    uploads as (
        select
            content_id,
            sha256,
            date_trunc('week', {{ day_of("created_at") }})::date as week_starts_on,
            account_id,
            created_at
        from {{ ref("stg_content_objects") }}
        where account_id is not null
    ),

    -- `distinct`, for an object may match several entries.
    standing_matches as (
        select distinct content_id, true as is_matched
        from {{ ref("feat_hash_matches") }}
        where is_standing
    )

select
    uploads.sha256,
    uploads.week_starts_on,
    count(distinct uploads.account_id) as account_count,
    count(*) as upload_count,
    count(standing_matches.is_matched) as matched_count,
    2 * count(standing_matches.is_matched) >= count(*) as is_listed,
    {{ sorted_values("uploads.account_id") }} as accounts,
    min(uploads.created_at) as first_at,
    max(uploads.created_at) as last_at
from uploads
left join standing_matches using (content_id)
group by uploads.sha256, uploads.week_starts_on
order by uploads.sha256, uploads.week_starts_on
