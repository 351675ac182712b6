{#
    Whether an answer took at least 95 % of the tokens that it was allowed; null where no limit was set. Without
    decimals, which cost DuckDB more than any other count of a day.

        {{ is_capped("output_tokens", "max_tokens") }}
        -- max_tokens - output_tokens <= max_tokens / 20
#}
{% macro is_capped(output_tokens, max_tokens) -%}
    {{ max_tokens }} - {{ output_tokens }} <= {{ max_tokens }} / 20
{%- endmacro %}
