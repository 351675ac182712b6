{#
    True once the links of a pair seen so far join it: one that joins alone, or links of two independent kinds
    that together tell at least `bits` (log2 of odds against chance) and of which one can carry. Over the named
    window `so_far`: the pair's links, one row a kind, in the order in which they were seen.

        {{ strong_evidence() }} as is_strong
        -- bool_or(joins_alone) over so_far or bool_or(can_carry) over so_far and … >= 2 and … >= 10
#}
{% macro strong_evidence(bits=10) -%}
    bool_or(joins_alone) over so_far
    or bool_or(can_carry) over so_far
    and count(case when link_bits > 0 then link_bits end) over so_far >= 2
    and sum(link_bits) over so_far >= {{ bits }}
{%- endmacro %}
