{#
    The probability that a chi-square of `degrees` is larger than `value`: the regularised incomplete gamma
    function, by its series below the mean and by its continued fraction above (Numerical Recipes, 6.2),
    both summed from the far end; 300 terms are exact to 1e-9 up to 1,000 degrees. Null without one.

        {{ chi_square_tail("psi / spread", "bin_count - 1") }}
#}
{% macro chi_square_tail(value, degrees, terms=300) -%}
    {%- set a = "((" ~ degrees ~ ") / 2.0::double)" -%}
    {%- set x = "((" ~ value ~ ") / 2.0::double)" -%}
    case
        when {{ a }} <= 0
        then null
        when {{ x }} <= 0
        then 1
        when {{ x }} < {{ a }} + 1
        then
            1
            - exp({{ a }} * ln({{ x }}) - {{ x }} - lgamma({{ a }} + 1))
            * list_reduce(
                range({{ terms }}, 0, -1),
                lambda rest,
                i:1 + rest * {{ x }} / ({{ a }} + i),
                1.0::double
            )
        else
            exp({{ a }} * ln({{ x }}) - {{ x }} - lgamma({{ a }})) / list_reduce(
                range({{ terms }}, 0, -1),
                lambda rest,
                i:{{ x }} + 2 * i - 1 - {{ a }} - i * (i - {{ a }}) / rest,
                {{ x }} + 1
            )
    end
{%- endmacro %}
