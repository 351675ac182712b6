{#
    Numbers, where DuckDB and Spark hold them unlike.
#}
{#
    The type of whole numbers beyond 64 bits: 38 digits fit.

        sum(gap::{{ wide_integer() }} * gap)
        -- sum(gap::hugeint * gap)
#}
{% macro wide_integer() -%} {{ adapter.dispatch("wide_integer", "scaup")() }} {%- endmacro %}
{% macro default__wide_integer() -%} hugeint {%- endmacro %}
{% macro spark__wide_integer() -%} decimal(38, 0) {%- endmacro %}


{#
    A double as a decimal: times its power of ten in doubles, then the nearest whole number, a half away from nought.
    Spark's own cast rounds the digits that it would print.

        {{ rounded_decimal("robust_z", 18, 6) }}
        -- (robust_z)::decimal(18, 6)
#}
{% macro rounded_decimal(value, digits, places) -%}
    {{ adapter.dispatch("rounded_decimal", "scaup")(value, digits, places) }}
{%- endmacro %}
{% macro default__rounded_decimal(value, digits, places) -%}
    ({{ value }})::decimal({{ digits }}, {{ places }})
{%- endmacro %}
{% macro spark__rounded_decimal(value, digits, places) -%}
    {%- set power = (10 ** places) ~ "::double" -%}
    (round(({{ value }}) * {{ power }}) / {{ power }})::decimal({{ digits }}, {{ places }})
{%- endmacro %}
