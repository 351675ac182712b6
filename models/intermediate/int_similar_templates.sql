{# Two prompts are near-duplicates when their SimHashes differ by at most this many of 64 bits. #}
{% set max_distance = 3 %}
{# A band that more templates share is a habit of the language, not of its users. #}
{% set band_cap = 200 %}

with

    -- One SimHash stands for a template: the one that most of its requests have.
    hash_counts as (
        select template_hash, prompt_simhash, count(*) as request_count
        from {{ ref("int_requests") }}
        semi join {{ ref("int_templates") }} using (template_hash)
        group by template_hash, prompt_simhash
    ),

    templates as materialized(
        select
            template_hash,
            arg_max(prompt_simhash, (request_count, prompt_simhash)) as prompt_simhash
        from hash_counts
        group by template_hash
    ),

    -- Three bits over four bands: of two near-duplicates, one band is equal.
    bands as (
        select
            template_hash,
            prompt_simhash,
            band,
            (prompt_simhash >> (16 * band)::ubigint) & 65535 as bits
        from templates
        cross join range(4) as numbers(band)
    ),

    -- Capped before anything is paired, for pairs grow with the square of a band's templates.
    banded_templates as (
        select * from bands qualify count(*) over (partition by band, bits) <= {{ band_cap }}
    )

-- `distinct`, for two templates may have several bands in common.
select distinct
    templates.template_hash,
    others.template_hash as similar_template_hash,
    bit_count(xor(templates.prompt_simhash, others.prompt_simhash))::integer as distance
from banded_templates as templates
inner join
    banded_templates as others
    on templates.band = others.band
    and templates.bits = others.bits
    and templates.template_hash < others.template_hash
where bit_count(xor(templates.prompt_simhash, others.prompt_simhash))::integer <= {{ max_distance }}
