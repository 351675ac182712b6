-- The first day of a release of which new loads say something else: what came since is touched by it.
with

    known as (select model_version, released_at from read_parquet($known_files, union_by_name = true)),

    said as (select model_version, released_at from read_parquet($new_files, union_by_name = true)),

    changed as (
        select *
        from said
        except
        select *
        from known
    )

select min(releases.released_at)::date::varchar
from
    (
        select *
        from known
        union all
        select *
        from said
    ) as releases
semi join changed using (model_version)
