{#
    Wilson's score interval for a share: its lower end. Null, not zero, when there is nothing to share.
    `part` and `whole` are counts, or expressions; `z` is a normal quantile, by default the one at 97.5 % (95 %, two-sided).
    Newcombe, Statistics in Medicine 17 (1998), method 3.

        {{ wilson_low("overturned_count", "decided_count") }}
        -- case when n > 0 and k >= 0
        --     then greatest(0, (k + z²/2 - z √(k (n - k) / n + z²/4)) / (n + z²))
        -- end
#}
{% macro wilson_low(part, whole, z=1.959963984540054) -%}
    {%- set part, whole = "(" ~ part ~ ")", "(" ~ whole ~ ")" %}
    case
        when {{ whole }} > 0 and {{ part }} >= 0
        then
            greatest(
                0,
                (
                    {{ part }}
                    + {{ z }}::double ^ 2 / 2
                    - {{ z }}::double
                    * sqrt(
                        {{ part }}::double * ({{ whole }} - {{ part }}) / {{ whole }}
                        + {{ z }}::double ^ 2 / 4
                    )
                )
                / ({{ whole }} + {{ z }}::double ^ 2)
            )
    end
{%- endmacro %}


{#
    The upper end of the same interval.

        {{ wilson_high("overturned_count", "decided_count") }}
        -- case when n > 0 and k >= 0
        --     then least(1, (k + z²/2 + z √(k (n - k) / n + z²/4)) / (n + z²))
        -- end
#}
{% macro wilson_high(part, whole, z=1.959963984540054) -%}
    {%- set part, whole = "(" ~ part ~ ")", "(" ~ whole ~ ")" %}
    case
        when {{ whole }} > 0 and {{ part }} >= 0
        then
            least(
                1,
                (
                    {{ part }}
                    + {{ z }}::double ^ 2 / 2
                    + {{ z }}::double
                    * sqrt(
                        {{ part }}::double * ({{ whole }} - {{ part }}) / {{ whole }}
                        + {{ z }}::double ^ 2 / 4
                    )
                )
                / ({{ whole }} + {{ z }}::double ^ 2)
            )
    end
{%- endmacro %}


{#
    How many kinds are still unseen: Chao's estimator of the richness beyond what a sample shows, in its
    bias-corrected form, which stands also where no kind was seen twice (Chao 1984; Chao and Chiu 2016,
    eq. 2b). `once` and `twice` are the numbers of kinds seen exactly that often.

        {{ chao1_unseen("cells_seen_once", "cells_seen_twice") }}
        -- once * (once - 1) / (2.0 * (twice + 1))
#}
{% macro chao1_unseen(once, twice) -%}
    {{ once }} * ({{ once }} - 1) / (2.0::double * ({{ twice }} + 1))
{%- endmacro %}
