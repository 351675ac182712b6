{# PDQ's published limits: 31 of 256 bits apart is a match, and a quality below 50 says little. #}
{% set max_distance = 31 %}
{% set min_quality = 50 %}

with

    -- One member's doubt about a hash is doubt about it in every list.
    disputed_hashes as (
        select type, lower(value) as value
        from {{ ref("stg_hash_entries") }}
        where status = 'active' and opinion in ('disputed', 'negative')
        group by type, lower(value)
    ),

    entries as (
        select
            hash_entries.*,
            disputed_hashes.value is not null as is_disputed,
            coalesce({{ has_value("hash_entries.tags", "'unverified'") }}, false) as is_unverified
        from {{ ref("stg_hash_entries") }} as hash_entries
        left join
            disputed_hashes
            on hash_entries.type = disputed_hashes.type
            and lower(hash_entries.value) = disputed_hashes.value
    ),

    -- What was called false of a file is false of every copy of it, looked at or not.
    called_false as (
        select hash_matches.list_id, hash_matches.entry_id, content_objects.sha256
        from {{ ref("stg_hash_matches") }} as hash_matches
        inner join {{ ref("stg_content_objects") }} as content_objects using (content_id)
        where hash_matches.feedback = 'false_positive'
        group by hash_matches.list_id, hash_matches.entry_id, content_objects.sha256
    )

select
    hash_matches.match_id,
    hash_matches.content_id,
    content_objects.account_id,
    hash_matches.occurred_at,
    hash_matches.distance,
    content_objects.pdq_quality,
    content_objects.sha256,
    hash_entries.type as hash_type,
    hash_entries.opinion,
    hash_entries.status as entry_status,
    hash_matches.list_id,
    hash_matches.entry_id,
    hash_matches.distance = 0 as is_exact,
    hash_matches.verified_by is not null as is_verified,
    coalesce(
        hash_entries.opinion = 'positive'
        and hash_entries.status = 'active'
        and not hash_entries.is_disputed
        -- What nobody has looked at, on either side, is two machines agreeing with each other.
        and (not hash_entries.is_unverified or hash_matches.verified_by is not null)
        and hash_matches.feedback is distinct from 'false_positive'
        and called_false.sha256 is null
        and (
            hash_entries.type <> 'pdq'
            or hash_matches.distance <= {{ max_distance }}
            and content_objects.pdq_quality >= {{ min_quality }}
        ),
        false
    ) as is_standing,
    hash_matches.feedback,
    hash_matches.feedback_at
from {{ ref("stg_hash_matches") }} as hash_matches
left join
    {{ ref("stg_content_objects") }} as content_objects
    on hash_matches.content_id = content_objects.content_id
left join
    entries as hash_entries
    on hash_matches.list_id = hash_entries.list_id
    and hash_matches.entry_id = hash_entries.entry_id
left join
    called_false
    on hash_matches.list_id = called_false.list_id
    and hash_matches.entry_id = called_false.entry_id
    and content_objects.sha256 = called_false.sha256
