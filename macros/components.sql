{#
    The connected components of a graph: one row per node, with the number of one node of its
    component, the same for all of them. `edges` names a relation with the columns `a` and `b`, 32-bit
    unsigned node numbers; loops, duplicates and either direction are welcome.

        select node, component from ({{ components("edges") }}) as components
        -- with edges_0 as materialized (…), picks_0 …, edges_1 …, labels_0 … select node, component …

    By contraction: in each round every node picks the smallest of itself and its neighbours, edges
    are rewritten to the picks, and those that became loops or duplicates are dropped; names are
    scattered anew, so that no order of the input makes it slow. Then the picks are followed back.
    On average a round halves the nodes at least (paths are the worst), whatever the diameter; rounds
    that find no edge left cost nothing. The default is enough for 2^32 nodes with room to spare, and
    if edges were left after the last round, the query would stop rather than give a wrong answer.
#}
{% macro components(edges, rounds=40) -%}
    with
        edges_0 as materialized(
            select least(a, b) as a, greatest(a, b) as b
            from
                (
                    select {{ scattered("a") }} as a, {{ scattered("b") }} as b from {{ edges }}
                ) as scattered_edges
        ),
        {%- for round in range(rounds) %}
            picks_{{ round }} as materialized(
                select coalesce(ends.node, starts.node) as node, coalesce(pick, starts.node) as pick
                from (select b as node, min(a) as pick from edges_{{ round }} group by b) as ends
                full join
                    (select a as node from edges_{{ round }} group by a) as starts
                    on ends.node = starts.node
            ),
            -- One join at a time: joined in one go, a planner that guesses wrong pairs all picks.
            half_moved_{{ round }} as materialized(
                select picks.pick as a, edges.b
                from edges_{{ round }} as edges
                inner join picks_{{ round }} as picks on edges.a = picks.node
            ),
            -- `distinct`: many edges of two neighbourhoods become one edge of what they picked.
            edges_{{ round + 1 }} as materialized(
                select distinct least(a, b) as a, greatest(a, b) as b
                from
                    (
                        select {{ scattered("edges.a") }} as a, {{ scattered("picks.pick") }} as b
                        from half_moved_{{ round }} as edges
                        inner join picks_{{ round }} as picks on edges.b = picks.node
                        where edges.a <> picks.pick
                    ) as moved_edges
            ),
        {%- endfor %}
        labels_{{ rounds }} as materialized(
            select a as node, error('components: more rounds are needed')::uinteger as component
            from edges_{{ rounds }}
        ),
        {%- for round in range(rounds - 1, -1, -1) %}
            labels_{{ round }} as {{ "materialized" if round }} (
                select
                    picks.node,
                    coalesce({{ gathered("labels.component") }}, picks.pick) as component
                from picks_{{ round }} as picks
                left join
                    labels_{{ round + 1 }} as labels on {{ scattered("picks.pick") }} = labels.node
            ){{ "," if not loop.last }}
        {%- endfor %}
    select {{ gathered("node") }} as node, {{ gathered("component") }} as component
    from labels_0
{%- endmacro %}


{#
    Another name for a 32-bit number, unlike its neighbours' and nobody else's: a shift-xor and an odd
    factor can both be undone, so no two numbers get one name. (The factor is xxHash's second prime.)

        {{ scattered("node") }}
        -- ((xor(node, node >> 15)::ubigint * 2246822519) & 4294967295)::uinteger
#}
{% macro scattered(number) -%}
    ((xor({{ number }}, {{ number }} >> 15)::ubigint * 2246822519) & 4294967295)::uinteger
{%- endmacro %}


{#
    The number that `scattered` gave this name: its factor's inverse, then its shift-xor undone.

        {{ gathered("node") }}
        -- xor(xor(x, x >> 15), x >> 30) of x = ((node::ubigint * 3066638151) & 4294967295)::uinteger
#}
{% macro gathered(name) -%}
    {%- set number -%}
        (({{ name }}::ubigint * 3066638151) & 4294967295)::uinteger
    {%- endset -%}
    xor(xor({{ number }}, ({{ number }}) >> 15), ({{ number }}) >> 30)
{%- endmacro %}
