{# PDQ's published limits: 31 of 256 bits apart is a match, and a quality below 50 says little. #}
{% set max_distance = 31 %}
{% set min_quality = 50 %}

with

    uploads as materialized(
        select
            content_id,
            account_id,
            created_at,
            sha256,
            pdq_quality,
            lower(pdq_hex) as pdq_hex,
            list_transform(
                range(16), lambda place: ('0x' || substr(pdq_hex, 4 * place + 1, 4))::integer
            ) as words
        from {{ ref("int_uploads") }}
        where regexp_full_match(pdq_hex, '[0-9a-fA-F]{64}') and pdq_quality >= {{ min_quality }}
    ),

    -- What was withdrawn or deleted may not be matched any more, from the next build on.
    entries as materialized(
        select
            list_id,
            entry_id,
            opinion,
            bool_or(opinion in ('disputed', 'negative')) over (
                partition by lower(value)
            ) as is_disputed,
            lower(value) as pdq_hex,
            list_transform(
                range(16), lambda place: ('0x' || substr(value, 4 * place + 1, 4))::integer
            ) as words
        from {{ ref("stg_hash_entries") }}
        where type = 'pdq' and status = 'active' and regexp_full_match(value, '[0-9a-fA-F]{64}')
    ),

    -- 31 bits over 16 words: at least one word differs by one bit or none. So each upload is looked
    -- up by its words, each entry stands under its own and all that are one bit away, and nothing
    -- within the limit is missed.
    upload_words as (
        select content_id, unnest(range(16)) as place, unnest(words) as word from uploads
    ),

    entry_words as (
        select list_id, entry_id, unnest(range(16)) as place, unnest(words) as word from entries
    ),

    entry_variants as (
        select
            list_id,
            entry_id,
            place,
            unnest(
                list_prepend(
                    word, list_transform(range(16), lambda bit:xor(word, (1 << bit)::integer))
                )
            ) as word
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
            candidates.content_id,
            candidates.list_id,
            candidates.entry_id,
            {% for start in [1, 17, 33, 49] -%}
                -- Cast first: a count of bits is a TINYINT, and four of them would not fit.
                bit_count(
                    xor(
                        ('0x' || substr(uploads.pdq_hex, {{ start }}, 16))::ubigint,
                        ('0x' || substr(entries.pdq_hex, {{ start }}, 16))::ubigint
                    )
                )::integer
                {{ "+" if not loop.last }}
            {% endfor %} as distance
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
