{#
    A share of weighted reviews, drawn towards what is known besides by some number of imagined reviews.
    Unequal weights count as Kish's effective number of equal ones, (Σw)² ÷ Σw² (Kish 1965, 11.7).

        {{ shrunken_share("confirmed_weight", "settled_weight", "weight_squares", "prior", "reviews") }}
        -- (coalesce(confirmed / settled, 0) * n + reviews * prior) / (n + reviews)
#}
{% macro shrunken_share(part, whole, squares, prior, reviews) -%}
    (
        coalesce({{ part }} * {{ whole }} / nullif({{ squares }}, 0), 0)
        + {{ reviews }}::double * {{ prior }}
    )
    / (coalesce({{ whole }} * {{ whole }} / nullif({{ squares }}, 0), 0) + {{ reviews }}::double)
{%- endmacro %}


{#
    Evidence in bits: log2 of how far the odds rise from one share to another, held between `bits_floor` and
    `bits_cap`, which are columns. Nothing known is no evidence.

        {{ bits_between("precision", "prevalence") }}
        -- greatest(bits_floor, least(bits_cap, coalesce(log2(…), 0)))::decimal(9, 4)
#}
{% macro bits_between(after, before) -%}
    greatest(
        bits_floor,
        least(
            bits_cap,
            coalesce(
                log2({{ after }} / (1 - {{ after }})) - log2({{ before }} / (1 - {{ before }})), 0
            )
        )
    )::decimal(9, 4)
{%- endmacro %}
