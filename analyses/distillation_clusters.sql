with

    cluster_hits as (
        select
            subject_id as cluster_id,
            list(distinct signal_id order by signal_id) as signals,
            count(*) as hit_count,
            max(strength) as max_strength,
            min(detected_at) as first_detected_at,
            max(detected_at) as last_detected_at
        from {{ ref("signals") }}
        where
            subject_type = 'cluster'
            and signal_id in ('sig_coordinated_extraction', 'sig_release_pivot')
            and detected_at >= $since
            and detected_at < $until
        group by subject_id
    ),

    cluster_totals as (
        select
            cluster_id,
            max(member_count) as member_count,
            sum(request_count) as request_count,
            sum(output_tokens) as output_tokens,
            max(max_account_requests) as max_account_requests,
            max(shared_template_share_7d) as max_shared_template_share_7d,
            max(reasoning_share_7d) as max_reasoning_share_7d,
            min(payment_fingerprint_count) as payment_fingerprint_count,
            max(verified_org_share) as verified_org_share
        from {{ ref("feat_cluster_days") }}
        semi join cluster_hits using (cluster_id)
        -- Days begin at midnight; said in dates, as they are stored, others need not be read.
        where
            activity_date > ($since - interval 1 microsecond)::date
            and activity_date <= ($until - interval 1 microsecond)::date
        group by cluster_id
    )

select
    cluster_hits.cluster_id,
    cluster_totals.member_count,
    cluster_hits.signals,
    cluster_hits.hit_count,
    cluster_hits.max_strength,
    cluster_hits.first_detected_at,
    cluster_hits.last_detected_at,
    cluster_totals.request_count,
    cluster_totals.output_tokens,
    cluster_totals.max_account_requests,
    cluster_totals.max_shared_template_share_7d,
    cluster_totals.max_reasoning_share_7d,
    cluster_totals.payment_fingerprint_count,
    cluster_totals.verified_org_share
from cluster_hits
left join cluster_totals using (cluster_id)
order by cluster_hits.max_strength desc, cluster_totals.output_tokens desc, cluster_hits.cluster_id
limit $limit
