with

    uses as (
        select
            model_version,
            account_id,
            released_at,
            request_count,
            output_tokens,
            case
                when hours_after_release < 0
                then 'before release'
                when hours_after_release < 24
                then 'first day'
                when hours_after_release < 48
                then 'second day'
                when hours_after_release < 168
                then 'first week'
                when hours_after_release < 672
                then 'first four weeks'
                else 'later'
            end as cohort,
            hours_after_release
        from {{ ref("feat_account_models") }}
        where
            hours_after_release is not null
            and ($model_version is null or model_version = $model_version)
    ),

    suspects as (
        select distinct hits.account_id  -- an account may be hit by several signals
        from {{ ref("signal_subjects") }} as hits
        inner join {{ ref("signal_definitions") }} as definitions using (signal_id)
        where definitions.route = 'enforcement'
    ),

    -- Most accounts are neither, and need no place in the join.
    networks as (
        select account_id, is_verified_org_member, cluster_id
        from {{ ref("feat_account_networks") }}
        where is_verified_org_member or cluster_id is not null
    )

select
    uses.model_version,
    min(uses.released_at) as released_at,
    uses.cohort,
    count(*) as account_count,
    count(*) / sum(count(*)) over (partition by uses.model_version) as account_share,
    sum(uses.request_count)::bigint as request_count,
    sum(uses.output_tokens)::bigint as output_tokens,
    sum(uses.request_count) / count(*) as requests_per_account,
    count(*) filter (where networks.is_verified_org_member) / count(*) as verified_org_share,
    count(*) filter (where networks.cluster_id is not null) / count(*) as clustered_share,
    count(suspects.account_id) / count(*) as signal_share,
    count(*) filter (where bans.is_in_force) / count(*) as banned_share
from uses
left join networks using (account_id)
left join suspects using (account_id)
left join {{ ref("int_account_bans") }} as bans using (account_id)
group by uses.model_version, uses.cohort
order by released_at desc, uses.model_version, min(uses.hours_after_release), uses.cohort
limit $limit
