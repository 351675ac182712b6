{#
    Jensen and Shannon's divergence in bits between two sets of shares, over the rows of a group: 0 when
    equal, 1 when they have nothing in common (Lin 1991). Rows where the first share is zero may be left out:
    what the second has there is what is missing from its whole. Terms are decimals, so that the sum does
    not depend on the order of its rows.

        {{ jensen_shannon("bin_share", "reference_share") }}
        -- round(least(1, greatest(0, (sum of p log2(2p / (p + q)) + q log2(2q / (p + q)) + 1 - sum(q)) / 2)), 9)
#}
{% macro jensen_shannon(p, q) -%}
    round(
        least(
            1,
            greatest(
                0,
                (
                    sum(
                        (
                            ({{ p }}) * log2(2 * ({{ p }}) / (({{ p }}) + ({{ q }}))) + case
                                when ({{ q }}) > 0
                                then ({{ q }}) * log2(2 * ({{ q }}) / (({{ p }}) + ({{ q }})))
                                else 0
                            end
                        )::decimal(18, 12)
                    )::double
                    + 1
                    - sum(({{ q }})::decimal(18, 12))::double
                )
                / 2
            )
        ),
        9
    )
{%- endmacro %}
