{#
    Burstiness of n gaps whose standard deviation is `cv` of their mean: -1 for a metronome, 0 for
    chance, 1 when one gap holds all the time. Kim and Jo's form for finite sequences (Physical Review
    E 94, 032311, 2016), because (cv - 1) / (cv + 1) calls few gaps of chance regular.

        {{ burstiness("gap_cv", "gap_count") }}
        -- (sqrt(n + 1) * cv - sqrt(n - 1)) / ((sqrt(n + 1) - 2) * cv + sqrt(n - 1))
#}
{% macro burstiness(cv, n) -%}
    (sqrt({{ n }} + 1) * {{ cv }} - sqrt({{ n }} - 1))
    / nullif((sqrt({{ n }} + 1) - 2) * {{ cv }} + sqrt({{ n }} - 1), 0)
{%- endmacro %}
