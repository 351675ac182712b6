with

    wave_sizes as (
        select wave_id, count(*) as account_count
        from {{ ref("int_target_waves") }}
        group by wave_id
    )

select
    networks.cluster_id,
    waves.target_hmac,
    waves.wave_starts_at,
    count(*) as account_count,
    any_value(wave_sizes.account_count) as account_count_in_wave,
    count(*) / any_value(wave_sizes.account_count) as cluster_share_of_accounts,
    any_value(networks.cluster_member_count) as member_count,
    sum(waves.act_count)::bigint as act_count,
    min(waves.first_at) as first_at,
    max(waves.last_at) as last_at
from {{ ref("int_target_waves") }} as waves
inner join wave_sizes using (wave_id)
inner join
    {{ ref("feat_account_networks") }} as networks
    on waves.account_id = networks.account_id
    and networks.cluster_id is not null
group by networks.cluster_id, waves.target_hmac, waves.wave_starts_at
