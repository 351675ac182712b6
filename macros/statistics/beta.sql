{#
    The quantile of a beta distribution: Newton's steps on the logit scale from the mode, where they approach from
    one side and cannot overshoot. The distribution function is the continued fraction of Numerical Recipes 6.4,
    summed from its far end. `terms` grows with the root of a + b: 400 are exact to 1e-9 up to a + b = 10,000.
    Costs some 5 ms a row: for the rows of a scorecard, not of a fact table. The lists have one length for all rows,
    because DuckDB 1.5.5 confuses the rows of list_reduce when their lengths differ.

        {{ beta_quantile(0.975, "part + 1", "whole - part") }}
#}
{% macro beta_quantile(probability, a, b, terms=400) -%}
    {%- set a, b = "(" ~ a ~ ")::double", "(" ~ b ~ ")::double" -%}
    {%- set x, y = "(1 / (1 + exp(-t)))", "(1 / (1 + exp(t)))" -%}
    {%- set density -%}
        exp(lgamma({{ a }} + {{ b }}) - lgamma({{ a }}) - lgamma({{ b }}) + {{ a }} * ln({{ x }}) + {{ b }} * ln({{ y }}))
    {%- endset -%}
    case
        when {{ a }} > 0 and {{ b }} > 0
        then
            1 / (
                1 + exp(
                    - list_reduce(
                        range(20),
                        lambda t,
                        step:t - case
                            when {{ x }} < ({{ a }} + 1) / ({{ a }} + {{ b }} + 2)
                            then
                                {{ _beta_fraction(a, b, x, terms) }}
                                - {{ probability }} / {{ density }}
                            else
                                (1 - {{ probability }}) / {{ density }}
                                - {{ _beta_fraction(b, a, y, terms) }}
                        end,
                        ln({{ a }} / {{ b }})
                    )
                )
            )
    end
{%- endmacro %}


{# The distribution function of a beta over its density on the logit scale, for x below the mean. #}
{% macro _beta_fraction(a, b, x, terms) -%}
    1 / (
        {{ a }} * list_reduce(
            range({{ terms }}, 0, -1),
            lambda rest,
            i:1 + case
                when i % 2 = 0
                then i / 2 * ({{ b }} - i / 2)
                else - ({{ a }} + (i - 1) / 2) * ({{ a }} + {{ b }} + (i - 1) / 2)
            end
            * {{ x }}
            / (({{ a }} + i - 1) * ({{ a }} + i) * rest),
            1.0::double
        )
    )
{%- endmacro %}


{#
    Clopper and Pearson's interval for a share: its lower end. Never covers less than it says, and so is wider than
    Wilson's; for contracts and gates that ask for an exact bound. Null when there is nothing to share.

        {{ clopper_pearson_low("missed_count", "checked_count") }}
        -- case when whole > 0 then case when part = 0 then 0 else beta_quantile(0.025, part, whole - part + 1) end end
#}
{% macro clopper_pearson_low(part, whole, tail=0.025) -%}
    case
        when {{ whole }} > 0 and {{ part }} = 0
        then 0
        when {{ whole }} > 0
        then {{ beta_quantile(tail, part, whole ~ " - " ~ part ~ " + 1") }}
    end
{%- endmacro %}


{#
    The upper end of the same interval.

        {{ clopper_pearson_high("missed_count", "checked_count") }}
        -- case when whole > 0 then case when part = whole then 1 else beta_quantile(0.975, part + 1, whole - part) end end
#}
{% macro clopper_pearson_high(part, whole, tail=0.025) -%}
    case
        when {{ whole }} > 0 and {{ part }} = {{ whole }}
        then 1
        when {{ whole }} > 0
        then {{ beta_quantile(1 - tail, part ~ " + 1", whole ~ " - " ~ part) }}
    end
{%- endmacro %}


{#
    The distribution function of a beta. `x` lies inside 0 and 1; exact to 1e-9 as far as beta_quantile is.

        {{ beta_cdf("x", "degrees / 2.0", "0.5") }}
#}
{% macro beta_cdf(x, a, b, terms=400) -%}
    {%- set a, b, x = "(" ~ a ~ ")::double", "(" ~ b ~ ")::double", "(" ~ x ~ ")::double" -%}
    {%- set density -%}
        exp(lgamma({{ a }} + {{ b }}) - lgamma({{ a }}) - lgamma({{ b }}) + {{ a }} * ln({{ x }}) + {{ b }} * ln(1 - {{ x }}))
    {%- endset -%}
    case
        when {{ x }} <= 0
        then 0
        when {{ x }} >= 1
        then 1
        when {{ x }} < ({{ a }} + 1) / ({{ a }} + {{ b }} + 2)
        then {{ density }} * {{ _beta_fraction(a, b, x, terms) }}
        else 1 - {{ density }} * {{ _beta_fraction(b, a, "(1 - " ~ x ~ ")", terms) }}
    end
{%- endmacro %}


{#
    The probability that Student's t of so many degrees lies farther from zero than `value`, on either side. Null
    without a degree. From the side on which the share of the square is at most one half: near 1 its digits are lost.

        {{ student_tail("mean_change / std_error", "cluster_count - 1") }}
#}
{% macro student_tail(value, degrees) -%}
    {%- set square, degrees = "((" ~ value ~ ")::double ^ 2)", "(" ~ degrees ~ ")::double" -%}
    {%- set whole = "(" ~ degrees ~ " + " ~ square ~ ")" -%}
    case
        when {{ square }} < {{ degrees }}
        then 1 - {{ beta_cdf(square ~ " / " ~ whole, "0.5", degrees ~ " / 2") }}
        when {{ degrees }} > 0
        then {{ beta_cdf(degrees ~ " / " ~ whole, degrees ~ " / 2", "0.5") }}
    end
{%- endmacro %}


{#
    The value that Student's t of so many degrees exceeds with probability `tail`, which is below one half: 1.96 for 0.025
    and many degrees. Null without a degree.

        mean - {{ student_quantile(0.025, "cluster_count - 1") }} * std_error
#}
{% macro student_quantile(tail, degrees) -%}
    sqrt(
        ({{ degrees }})
        * (1 / {{ beta_quantile("2 * " ~ tail, "(" ~ degrees ~ ") / 2.0::double", "0.5") }} - 1)
    )
{%- endmacro %}
