with

    member_uploads as (
        select
            networks.cluster_id,
            uploads.week_starts_on,
            uploads.sha256,
            uploads.account_id,
            uploads.is_listed,
            networks.cluster_member_count,
            uploads.last_at
        from
            (
                select
                    sha256,
                    week_starts_on,
                    is_listed,
                    last_at,
                    {{ each_value("accounts") }} as account_id
                from {{ ref("feat_upload_weeks") }}
            ) as uploads
        inner join
            {{ ref("feat_account_networks") }} as networks
            on uploads.account_id = networks.account_id
            and networks.cluster_id is not null
    ),

    objects as (
        select
            cluster_id,
            week_starts_on,
            sha256,
            count(*) as account_count,
            any_value(is_listed) as is_listed
        from member_uploads
        group by cluster_id, week_starts_on, sha256
    ),

    object_weeks as (
        select
            cluster_id,
            week_starts_on,
            count(*) as object_count,
            count(*) filter (where account_count > 1) as shared_object_count,
            count(*) filter (where account_count > 1 and is_listed) as shared_listed_object_count
        from objects
        group by cluster_id, week_starts_on
    ),

    member_weeks as (
        select
            cluster_id,
            week_starts_on,
            any_value(cluster_member_count) as member_count,
            count(distinct account_id) as account_count,
            count(distinct account_id) filter (where is_listed) as listed_account_count,
            max(last_at) as last_at
        from member_uploads
        group by cluster_id, week_starts_on
    )

select
    cluster_id,
    week_starts_on,
    member_weeks.member_count,
    member_weeks.account_count,
    member_weeks.listed_account_count,
    object_weeks.object_count,
    object_weeks.shared_object_count,
    object_weeks.shared_listed_object_count,
    member_weeks.last_at
from member_weeks
inner join object_weeks using (cluster_id, week_starts_on)
