{# PDQ's published limits: 31 of 256 bits apart is a match, and a quality below 50 says little. #}
{% set max_distance = 31 %}
{% set min_quality = 50 %}

with

    uploads as {{ once() }} (
        select
            content_id,
            account_id,
            created_at,
            sha256,
            pdq_quality,
            lower(pdq_hex) as pdq_hex,
            {{ words_of("pdq_hex") }} as words
        from {{ ref("int_uploads") }}
        where {{ is_hash_of_256_bits("pdq_hex") }} and pdq_quality >= {{ min_quality }}
    ),

    -- What was withdrawn or deleted may not be matched any more, from the next build on.
    entries as {{ once() }} (
        select
            list_id,
            entry_id,
            opinion,
            bool_or(opinion in ('disputed', 'negative')) over (
                partition by lower(value)
            ) as is_disputed,
            lower(value) as pdq_hex,
            {{ words_of("value") }} as words
        from {{ ref("stg_hash_entries") }}
        where type = 'pdq' and status = 'active' and {{ is_hash_of_256_bits("value") }}
    ),

    -- 31 bits over 16 words: at least one word differs by one bit or none. So each upload is looked
    -- up by its words, each entry stands under its own and all that are one bit away, and nothing
    -- within the limit is missed.
    upload_words as (
        select content_id, {{ each_place_and_value("words", "place", "word") }} from uploads
    ),

    entry_words as (
        select list_id, entry_id, {{ each_place_and_value("words", "place", "word") }} from entries
    ),

    entry_variants as (
        select list_id, entry_id, place, {{ each_value(word_and_neighbours("word")) }} as word
        from entry_words
    ),

    -- `distinct`, for two hashes may meet in several words.
    candidates as (
        select distinct upload_words.content_id, entry_variants.list_id, entry_variants.entry_id
        from upload_words
        inner join entry_variants using (place, word)
    ),

    distances as (
        select
            content_id,
            list_id,
            entry_id,
            {{ bits_apart("uploads.pdq_hex", "entries.pdq_hex") }} as distance
        from candidates
        inner join uploads using (content_id)
        inner join entries using (list_id, entry_id)
    )

select
    content_id,
    list_id,
    entry_id,
    distances.distance,
    uploads.account_id,
    uploads.created_at as occurred_at,
    uploads.sha256,
    uploads.pdq_quality,
    entries.opinion,
    entries.is_disputed,
    entries.opinion = 'positive' and not entries.is_disputed as is_standing
from distances
inner join uploads using (content_id)
inner join entries using (list_id, entry_id)
where distances.distance <= {{ max_distance }}
