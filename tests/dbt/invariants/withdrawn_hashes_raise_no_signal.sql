-- A hash that its list took back must not point at anybody: no hit may rest on its matches alone.
{{ config(meta={"shown_by": "image_matches --since -3650d"}) }}

select hits.signal_id, hits.subject_id, matches.entry_statuses
from {{ ref("signals") }} as hits
inner join
    (
        select content_id, list(distinct entry_status order by entry_status) as entry_statuses
        from {{ ref("feat_hash_matches") }}
        group by content_id
        having not bool_or(entry_status = 'active')
    ) as matches
    on hits.subject_type = 'content'
    and hits.subject_id = matches.content_id
where hits.signal_id = 'sig_known_image_match'
