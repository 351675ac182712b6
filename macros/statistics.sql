{#
    Wilson's score interval for a share, 95 % and two-sided: its lower end. Null, not zero, when there
    is nothing to share. `part` and `whole` are counts; 1.96… is the normal quantile at 97.5 %.

        {{ wilson_low("overturned_count", "decided_count") }}
        -- case when n > 0 and k >= 0
        --     then greatest(0, (k + z²/2 - z √(k (n - k) / n + z²/4)) / (n + z²))
        -- end
#}
{% macro wilson_low(part, whole) -%}
    case
        when {{ whole }} > 0 and {{ part }} >= 0
        then
            greatest(
                0,
                (
                    {{ part }}
                    + 1.959963984540054::double ^ 2 / 2
                    - 1.959963984540054::double
                    * sqrt(
                        {{ part }}::double * ({{ whole }} - {{ part }}) / {{ whole }}
                        + 1.959963984540054::double ^ 2 / 4
                    )
                )
                / ({{ whole }} + 1.959963984540054::double ^ 2)
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
{% macro wilson_high(part, whole) -%}
    case
        when {{ whole }} > 0 and {{ part }} >= 0
        then
            least(
                1,
                (
                    {{ part }}
                    + 1.959963984540054::double ^ 2 / 2
                    + 1.959963984540054::double
                    * sqrt(
                        {{ part }}::double * ({{ whole }} - {{ part }}) / {{ whole }}
                        + 1.959963984540054::double ^ 2 / 4
                    )
                )
                / ({{ whole }} + 1.959963984540054::double ^ 2)
            )
    end
{%- endmacro %}
