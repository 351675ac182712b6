-- One row per cluster: the day after a release on which most of its traffic was on the new model.
with

    days_after_release as (
        select
            cluster_id,
            activity_date,
            days_since_release,
            member_count,
            request_count,
            newest_model_share,
            newest_model_share_prior_7d,
            verified_org_share
        from {{ ref("feat_cluster_days") }}
        where
            days_since_release >= 0
            and days_since_release < $days_after_release
            and activity_date >= $since
            and activity_date < $until
            and request_count >= $minimum_requests
        qualify
            row_number() over (
                partition by cluster_id order by newest_model_share desc, activity_date
            )
            = 1
    )

select
    cluster_id,
    activity_date,
    days_since_release,
    member_count,
    request_count,
    newest_model_share,
    newest_model_share_prior_7d,
    newest_model_share - coalesce(newest_model_share_prior_7d, 0) as share_gained,
    verified_org_share
from days_after_release
order by share_gained desc, request_count desc, cluster_id
limit $limit
