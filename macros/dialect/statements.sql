{#
    Parts of statements that only one engine knows.
#}
{#
    Asks that a common table expression be computed once. Spark has no such word, and computes it as it likes.

        bins as {{ once() }} (select …)
        -- bins as materialized (select …)
#}
{% macro once() -%} {{ adapter.dispatch("once", "scaup")() }} {%- endmacro %}
{% macro default__once() -%} materialized {%- endmacro %}
{% macro spark__once() -%} {%- endmacro %}


{#
    Joins each row with the latest row at or before it, by the last, unequal condition. Spark has no such join and
    gives all rows at or before: whoever asks takes the latest of them afterwards.

        {{ join_latest_before() }} bans on account_id = bans.account_id and created_at >= bans.banned_at
        -- asof inner join bans on …
#}
{% macro join_latest_before() -%}
    {{ adapter.dispatch("join_latest_before", "scaup")() }}
{%- endmacro %}
{% macro default__join_latest_before() -%} asof inner join {%- endmacro %}
{% macro spark__join_latest_before() -%} inner join {%- endmacro %}
