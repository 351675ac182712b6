{# What a legal hold keeps, each by the kind of key that it is. Of a hold's versions the latest counts, and
   of those recorded at once any that says it stands; one that begins later keeps already, because what is
   gone by then cannot be kept. #}
create or replace temp table held as
select distinct kinds.kind, subject_id as value, hold_id
from
    (
        select hold_id, subject_type, subject_id, to_at
        from {{ rows }} as table_rows
        qualify
            rank() over (
                partition by hold_id, subject_type, subject_id order by recorded_at desc
            )
            = 1
    )
inner join
    (select unnest($kinds) as kind) as kinds
    on subject_type || 's' = split_part(kinds.kind, '.', 1)
    or subject_type || '_id' = split_part(kinds.kind, '.', 2)
where to_at is null or to_at > $now
