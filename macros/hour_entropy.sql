{#
    How evenly requests spread over the 24 hours of the day: 0 when all fall in one hour, 1 when every
    hour has as many. One row per hour goes in. Terms are rounded to DECIMAL before they are added,
    so that the sum does not depend on threads, and the result to nine places, so that the ends are
    exact; `abs` turns a rounded -0.0 into 0.0.

        {{ hour_entropy("request_count") }}
        -- abs(round(
        --     (ln(sum(request_count)) - sum((request_count * ln(request_count))::decimal(38, 12))::double
        --      / sum(request_count)) / ln(24),
        --     9
        -- ))
#}
{% macro hour_entropy(count) -%}
    abs(
        round(
            (
                ln(sum({{ count }}))
                - sum(({{ count }} * ln({{ count }}))::decimal(38, 12))::double / sum({{ count }})
            )
            / ln(24),
            9
        )
    )
{%- endmacro %}
