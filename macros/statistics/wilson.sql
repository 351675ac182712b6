{#
    Wilson's score interval for a share: its lower end. Null, not zero, when there is nothing to share.
    `part` and `whole` are counts; `z` is a normal quantile, by default the one at 97.5 % (95 %, two-sided).
    Newcombe, Statistics in Medicine 17 (1998), method 3.

        {{ wilson_low("overturned_count", "decided_count") }}
        -- case when n > 0 and k >= 0
        --     then greatest(0, (k + z²/2 - z √(k (n - k) / n + z²/4)) / (n + z²))
        -- end
#}
{% macro wilson_low(part, whole, z=1.959963984540054) -%}
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
