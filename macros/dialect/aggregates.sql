{#
    Aggregates that DuckDB and Spark have under other names, or only one of them has.
#}
{#
    The value in the row that is last in the order of `keys`, among rows that have a value.

        {{ last_by("task_label", ["request_count", "task_label"]) }}
        -- arg_max(task_label, (request_count, task_label))
#}
{% macro last_by(value, keys, where=none) -%}
    {{ adapter.dispatch("last_by", "scaup")(value, keys, where) }}
{%- endmacro %}
{% macro default__last_by(value, keys, where) -%}
    arg_max({{ value }}, ({{ keys | join(", ") }}))
    {%- if where %} filter (where {{ where }}) {%- endif %}
{%- endmacro %}
{% macro spark__last_by(value, keys, where) -%}
    max_by({{ value }}, struct({{ keys | join(", ") }})) filter (
        where {{ value }} is not null {%- if where %} and ({{ where }}) {%- endif %}
    )
{%- endmacro %}


{#
    The value in the row that is first in the order of `keys`, among rows that have a value.

        {{ first_by("key_value", ["account_count", "key_value"]) }}
        -- arg_min(key_value, (account_count, key_value))
#}
{% macro first_by(value, keys) -%}
    {{ adapter.dispatch("first_by", "scaup")(value, keys) }}
{%- endmacro %}
{% macro default__first_by(value, keys) -%}
    arg_min({{ value }}, ({{ keys | join(", ") }}))
{%- endmacro %}
{% macro spark__first_by(value, keys) -%}
    min_by({{ value }}, struct({{ keys | join(", ") }})) filter (where {{ value }} is not null)
{%- endmacro %}


{#
    A quantile, between two values by how near it is to each (type 7 of Hyndman and Fan). Null of no values.

        {{ quantile("jensen_shannon_bits", 0.99) }}
        -- quantile_cont(jensen_shannon_bits, 0.99)
#}
{% macro quantile(value, share) -%}
    {{ adapter.dispatch("quantile", "scaup")(value, share) }}
{%- endmacro %}
{% macro default__quantile(value, share) -%} quantile_cont({{ value }}, {{ share }}) {%- endmacro %}
{% macro spark__quantile(value, share) -%} percentile({{ value }}, {{ share }}) {%- endmacro %}


{#
    A quantile that is one of the values: the smallest that at least this share of them do not pass.

        {{ quantile_of_values("request_count", 0.99) }}
        -- quantile_disc(request_count, 0.99)
#}
{% macro quantile_of_values(value, share) -%}
    {{ adapter.dispatch("quantile_of_values", "scaup")(value, share) }}
{%- endmacro %}
{% macro default__quantile_of_values(value, share) -%}
    quantile_disc({{ value }}, {{ share }})
{%- endmacro %}
{% macro spark__quantile_of_values(value, share) -%}
    percentile_disc({{ share }}) within group (order by {{ value }})
{%- endmacro %}


{#
    Distinct values of a named window, nulls left out.

        {{ distinct_over("reporter_id", "trailing_24h") }}
        -- count(distinct reporter_id) over trailing_24h
#}
{% macro distinct_over(value, window) -%}
    {{ adapter.dispatch("distinct_over", "scaup")(value, window) }}
{%- endmacro %}
{% macro default__distinct_over(value, window) -%}
    count(distinct {{ value }}) over {{ window }}
{%- endmacro %}
{% macro spark__distinct_over(value, window) -%}
    greatest(coalesce(size(collect_set({{ value }}) over {{ window }}), 0), 0)::bigint
{%- endmacro %}


{#
    A relation with, beside each row, what the rows before it had: their number, their median and the median
    distance from it (mad), all null or 0 for a first row. At most `rows` rows back, by `keys`, in the order of `clock`.

        from {{ with_medians_before("counts", "request_count", ["account_id"], "activity_date", 28) }}
        -- from (select *, count(*) over before as count_before, median(request_count) over before as
        --     median_before, mad(request_count) over before as mad_before from counts window before as
        --     (partition by account_id order by activity_date rows between 28 preceding and 1 preceding)) as …
#}
{% macro with_medians_before(relation, value, keys, clock, rows) -%}
    {{ adapter.dispatch("with_medians_before", "scaup")(relation, value, keys, clock, rows) }}
{%- endmacro %}
{% macro default__with_medians_before(relation, value, keys, clock, rows) -%}
    (
        select
            *,
            count(*) over before as count_before,
            median({{ value }}) over before as median_before,
            mad({{ value }}) over before as mad_before
        from {{ relation }}
        window
            before as (
                partition by {{ keys | join(", ") }}
                order by {{ clock }} rows between {{ rows }} preceding and 1 preceding
            )
    ) as with_medians_before
{%- endmacro %}
{% macro spark__with_medians_before(relation, value, keys, clock, rows) -%}
    (
        select *, {{ spark_median("distances_before") }} as mad_before
        from
            (
                select
                    *,
                    array_sort(
                        transform(values_before, one -> abs(one - median_before))
                    ) as distances_before
                from
                    (
                        select *, {{ spark_median("values_before") }} as median_before
                        from
                            (
                                select
                                    *,
                                    count(*) over before as count_before,
                                    array_sort(
                                        collect_list({{ value }}::double) over before
                                    ) as values_before
                                from {{ relation }}
                                window
                                    before as (
                                        partition by {{ keys | join(", ") }}
                                        order by
                                            {{ clock }}
                                            rows between {{ rows }} preceding and 1 preceding
                                    )
                            ) as with_values
                    ) as with_median
            ) as with_distances
    ) as with_medians_before
{%- endmacro %}


{# The median of a sorted array of doubles; null of an empty one. #}
{% macro spark_median(sorted) -%}
    (
        try_element_at({{ sorted }}, greatest(((size({{ sorted }}) + 1) div 2), 1)::integer)
        + try_element_at({{ sorted }}, greatest(((size({{ sorted }}) + 2) div 2), 1)::integer)
    )
    / 2
{%- endmacro %}
