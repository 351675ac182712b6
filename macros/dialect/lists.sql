{#
    Lists, which Spark calls arrays.
#}
{#
    The distinct values of a group in their order; null when there are none. Of a value that is never null: DuckDB would
    keep the null, Spark would not.

        {{ sorted_values("account_id", where="task_label = 'harassment'") }}
        -- list(distinct account_id order by account_id) filter (where task_label = 'harassment')
#}
{% macro sorted_values(value, where=none) -%}
    {{ adapter.dispatch("sorted_values", "scaup")(value, where) }}
{%- endmacro %}
{% macro default__sorted_values(value, where) -%}
    list(distinct {{ value }} order by {{ value }})
    {%- if where %} filter (where {{ where }}) {%- endif %}
{%- endmacro %}
{% macro spark__sorted_values(value, where) -%}
    {%- set filter = " filter (where " ~ where ~ ")" if where else "" -%}
    case when count(*) {{ filter }} > 0 then array_sort(collect_set({{ value }}) {{ filter }}) end
{%- endmacro %}


{#
    The values of a group, those of the highest rank first, of equal rank in their own order.

        {{ values_by_rank("linked_account_id", "link_bits") }}
        -- list(linked_account_id order by link_bits desc, linked_account_id)
#}
{% macro values_by_rank(value, rank) -%}
    {{ adapter.dispatch("values_by_rank", "scaup")(value, rank) }}
{%- endmacro %}
{% macro default__values_by_rank(value, rank) -%}
    list({{ value }} order by {{ rank }} desc, {{ value }})
{%- endmacro %}
{% macro spark__values_by_rank(value, rank) -%}
    transform(
        array_sort(collect_list(named_struct('rank', - ({{ rank }}), 'value', {{ value }}))),
        ranked -> ranked.value
    )
{%- endmacro %}


{#
    The n-th smallest value of the rows that `where` lets through; null when there are fewer. `n` is an aggregate.

        {{ nth_smallest("linked_at", "any_value(alone_key_count)", "alone_key_count is not null") }}
        -- list_sort(list(linked_at) filter (where …))[any_value(alone_key_count)]
#}
{% macro nth_smallest(value, n, where) -%}
    {{ adapter.dispatch("nth_smallest", "scaup")(value, n, where) }}
{%- endmacro %}
{% macro default__nth_smallest(value, n, where) -%}
    list_sort(list({{ value }}) filter (where {{ where }}))[{{ n }}]
{%- endmacro %}
{% macro spark__nth_smallest(value, n, where) -%}
    try_element_at(
        array_sort(collect_list({{ value }}) filter (where {{ where }})), ({{ n }})::integer
    )
{%- endmacro %}


{#
    A list of texts without any.

        coalesce(accounts, {{ no_texts() }})
        -- coalesce(accounts, [])
#}
{% macro no_texts() -%} {{ adapter.dispatch("no_texts", "scaup")() }} {%- endmacro %}
{% macro default__no_texts() -%} [] {%- endmacro %}
{% macro spark__no_texts() -%} cast(array() as array<string>) {%- endmacro %}


{#
    Whether a list has a value; null of a list that is null.

        {{ has_value("tags", "'unverified'") }}
        -- list_contains(tags, 'unverified')
#}
{% macro has_value(values, value) -%}
    {{ adapter.dispatch("has_value", "scaup")(values, value) }}
{%- endmacro %}
{% macro default__has_value(values, value) -%}
    list_contains({{ values }}, {{ value }})
{%- endmacro %}
{% macro spark__has_value(values, value) -%}
    array_contains({{ values }}, {{ value }})
{%- endmacro %}


{#
    A column with one row per value of a list; none for a list that is empty or null. For the list of a `select`.

        {{ each_value("accounts") }} as account_id
        -- unnest(accounts) as account_id
#}
{% macro each_value(values) -%}
    {{ adapter.dispatch("each_value", "scaup")(values) }}
{%- endmacro %}
{% macro default__each_value(values) -%} unnest({{ values }}) {%- endmacro %}
{% macro spark__each_value(values) -%} explode({{ values }}) {%- endmacro %}


{#
    Two columns with one row per value of a list: its place, from 0, and the value. For the list of a `select`.

        {{ each_place_and_value("words", "place", "word") }}
        -- unnest(range(len(words))) as place, unnest(words) as word
#}
{% macro each_place_and_value(values, place, value) -%}
    {{ adapter.dispatch("each_place_and_value", "scaup")(values, place, value) }}
{%- endmacro %}
{% macro default__each_place_and_value(values, place, value) -%}
    unnest(range(len({{ values }}))) as {{ place }}, unnest({{ values }}) as {{ value }}
{%- endmacro %}
{% macro spark__each_place_and_value(values, place, value) -%}
    posexplode({{ values }}) as ({{ place }}, {{ value }})
{%- endmacro %}


{#
    A value of a list, counted from its end: 1 is the last one. Null when the list has fewer, or is null.

        {{ from_end("prefix_block_hashes", 2) }}
        -- prefix_block_hashes[-2]
#}
{% macro from_end(values, place) -%}
    {{ adapter.dispatch("from_end", "scaup")(values, place) }}
{%- endmacro %}
{% macro default__from_end(values, place) -%} {{ values }} [-{{ place }}] {%- endmacro %}
{% macro spark__from_end(values, place) -%}
    try_element_at({{ values }}, -{{ place }})
{%- endmacro %}
