{#- As in stg_touched_accounts: what is known now of a model's release beside what was known before. -#}
with

    versions as (
        select model_version, released_at, recorded_at, true as is_known
        from read_parquet($known_files, union_by_name = true)
        union all
        select model_version, released_at, recorded_at, false
        from read_parquet($new_files, union_by_name = true)
    ),

    releases as (
        select
            arg_max(released_at, recorded_at) as released_at,
            arg_max(released_at, recorded_at) filter (where is_known) as known_released_at
        from versions
        group by model_version
    )

select min(least(released_at, known_released_at))::date::varchar
from releases
where released_at is distinct from known_released_at
