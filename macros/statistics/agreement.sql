{#
    Cohen's kappa of two raters over the same items. A row of `relation` is one item with the label of
    each; a row where a label is missing does not count. Null when there is no disagreement to expect,
    because both only ever used one and the same label. The standard error is that of Fleiss, Cohen and
    Everitt (Psychological Bulletin 72, 1969). Columns of `by` are never null.

        agreement as ({{ cohen_kappa("pairs", "first_label", "second_label", by=["queue_id"]) }})
        -- queue_id, pair_count, agreed_count, kappa, kappa_std_error
#}
{% macro cohen_kappa(relation, first, second, by=[]) -%}
    {%- set group = by | join(", ") ~ ", " if by else "" -%}
    {%- set partition = "partition by " ~ by | join(", ") if by else "" -%}
    with

        _cells as (
            select
                {{ group }} {{ first }} as first_label,
                {{ second }} as second_label,
                count(*) as cell_count
            from {{ relation }}
            where {{ first }} is not null and {{ second }} is not null
            group by all
        ),

        _sides as (
            select
                {{ group }} first_label as label,
                cell_count as first_count,
                0 as second_count,
                case when first_label = second_label then cell_count else 0 end as agreed_count
            from _cells
            union all
            select {{ group }} second_label as label, 0, cell_count, 0
            from _cells
        ),

        _margins as (
            select
                {{ group }} label,
                sum(first_count)::double as first_count,
                sum(second_count)::double as second_count,
                sum(agreed_count)::double as agreed_here_count
            from _sides
            group by all
        ),

        _totals as (
            select
                *,
                sum(first_count) over ({{ partition }}) as pair_count,
                sum(agreed_here_count) over ({{ partition }}) as agreed_count,
                sum(first_count * second_count) over ({{ partition }})
                / sum(first_count) over ({{ partition }}) ^ 2 as chance
            from _margins
        ),

        _agreed as (
            select
                _cells.*,
                of_first.pair_count,
                of_first.agreed_count,
                of_first.chance,
                cell_count / of_first.pair_count as cell_share,
                -- What the raters' other halves say of these two labels.
                (of_first.second_count + of_second.first_count) / of_first.pair_count as cross_share
            from _cells
            inner join
                _totals as of_first on _cells.first_label = of_first.label
                {% for name in by %} and _cells.{{ name }} = of_first.{{ name }} {% endfor %}
            inner join
                _totals as of_second on _cells.second_label = of_second.label
                {% for name in by %} and _cells.{{ name }} = of_second.{{ name }} {% endfor %}
        ),

        _kappas as (
            select *, (agreed_count / pair_count - chance) / nullif(1 - chance, 0) as kappa
            from _agreed
        )

    select
        {{ group }} pair_count::bigint as pair_count,
        agreed_count::bigint as agreed_count,
        kappa,
        sqrt(
            greatest(
                0,
                -- What is left of nothing after rounding is nothing.
                round(
                    sum(
                        case
                            when first_label = second_label
                            then cell_share * (1 - cross_share * (1 - kappa)) ^ 2
                            else cell_share * (cross_share * (1 - kappa)) ^ 2
                        end
                        order by first_label, second_label
                    )
                    - (kappa - chance * (1 - kappa)) ^ 2,
                    15
                )
            )
            / nullif(pair_count * (1 - chance) ^ 2, 0)
        ) as kappa_std_error
    from _kappas
    group by {{ group }} pair_count, agreed_count, chance, kappa
{%- endmacro %}


{#
    Fleiss' kappa over items that were each labelled by the same number of raters. A row of `relation` is
    one label given to one item. Null when items differ in their number of labels (Krippendorff's
    alpha allows that), have one only, or all bear one and the same label. Fleiss,
    Psychological Bulletin 76 (1971).

        agreement as ({{ fleiss_kappa("labels", "item_id", "label", by=["set_id"]) }})
        -- set_id, item_count, rating_count, kappa
#}
{% macro fleiss_kappa(relation, item, label, by=[]) -%}
    {%- set group = by | join(", ") ~ ", " if by else "" -%}
    {%- set partition = "partition by " ~ by | join(", ") if by else "" -%}
    with

        _cells as (
            select {{ group }} {{ item }} as item, {{ label }} as label, count(*) as cell_count
            from {{ relation }}
            where {{ label }} is not null
            group by all
        ),

        _items as (
            select
                {{ group }} item, sum(cell_count)::double as raters, sum(cell_count ^ 2) as squares
            from _cells
            group by all
        ),

        _labels as (
            select {{ group }} label, sum(cell_count)::double as label_count
            from _cells
            group by all
        ),

        _shares as (
            select
                {{ group }}
                sum(label_count) as rating_count,
                sum(label_count ^ 2) / sum(label_count) ^ 2 as chance
            from _labels
            group by all
        ),

        _observed as (
            select
                {{ group }}
                count(*) as item_count,
                sum(raters) as rating_count,
                case
                    when min(raters) = max(raters)
                    then (sum(squares) - sum(raters)) / nullif(sum(raters) * (min(raters) - 1), 0)
                end as agreement
            from _items
            group by all
        )

    select
        {{ group }}
        item_count,
        rating_count::bigint as rating_count,
        (agreement - chance) / nullif(1 - chance, 0) as kappa
    from _observed
    inner join _shares using ({{ group }} rating_count)
{%- endmacro %}


{#
    Krippendorff's alpha: agreement beyond chance for any number of raters and missing cells. A row of
    `relation` is one value given to one item; an item with one value only does not count. `level` says
    what a difference between values is: "nominal" (they differ), "ordinal" (how many values lie
    between, by rank), "interval" (their distance). A null value is a missing cell. Null when all values
    are the same. Krippendorff, Content Analysis (2004), ch. 11.

    Σ over pairs of n_c n_k (x_c − x_k)² is n Σ n_c x_c² with x counted from the mean of all ratings, so no pair is
    ever built; an ordinal value stands at its middle rank. The standard error is the infinitesimal jackknife over
    items (Efron, 1982): what alpha does when one item weighs a little more.

        agreement as ({{ krippendorff_alpha("labels", "item_id", "severity", "ordinal", by=["queue_id"]) }})
        -- queue_id, item_count, rating_count, alpha, alpha_std_error
#}
{% macro krippendorff_alpha(relation, item, value, level, by=[]) -%}
    {%- set group = by | join(", ") ~ ", " if by else "" -%}
    {%- set partition = "partition by " ~ by | join(", ") if by else "" -%}
    with

        _cells as (
            select {{ group }} {{ item }} as item, {{ value }} as value, count(*) as n
            from {{ relation }}
            where {{ value }} is not null
            group by {{ group }} {{ item }}, {{ value }}
            qualify sum(count(*)) over (partition by {{ group }} {{ item }}) > 1
        ),

        _values as (
            select {{ group }} value, sum(n)::double as value_count from _cells group by all
        ),

        _sums as (
            select
                *,
                sum(value_count) over ({{ partition }}) as rating_count,
                count(*) over ({{ partition }}) as value_kinds,
                {% if level == "nominal" %} sum(value_count ^ 2) over ({{ partition }}) as squares
                {% elif level == "ordinal" %}
                    sum(value_count) over ({{ partition }} order by value)
                    - (value_count + rating_count) / 2 as place
                {% else %}
                    value - sum(value * value_count) over ({{ partition }}) / rating_count as place
                {% endif %}
            from _values
        ),

        -- What is expected by chance, and by how much it grows when a value is given once more.
        _expected as (
            select
                *,
                {% if level == "nominal" %}
                    (rating_count ^ 2 - squares) / 2 as expected,
                    rating_count - value_count as expected_growth
                {% else %}
                    rating_count * sum(value_count * place ^ 2) over ({{ partition }}) as expected,
                    expected / rating_count + rating_count * place ^ 2 as expected_growth
                {% endif %}
            from _sums
        ),

        _items as (
            select
                {{ group }}
                item,
                rating_count,
                value_kinds,
                expected,
                sum(n)::double as raters,
                sum(n * expected_growth order by value) as expected_growth,
                {% if level == "nominal" %} (sum(n) ^ 2 - sum(n ^ 2)) / 2
                {% else %}
                    (sum(n) * sum(n * place ^ 2 order by value) - sum(n * place order by value) ^ 2)
                {% endif %} / (sum(n) - 1) as difference
            from _cells
            inner join _expected using ({{ group }} value)
            group by {{ group }} item, rating_count, value_kinds, expected
        ),

        _observed as (
            select
                *,
                sum(difference) over (
                    {{ partition }}
                    order by item
                    rows between unbounded preceding and unbounded following
                ) as observed
            from _items
        )

    select
        {{ group }}
        count(*) as item_count,
        rating_count::bigint as rating_count,
        case when value_kinds > 1 then 1 - (rating_count - 1) * observed / expected end as alpha,
        case
            when value_kinds > 1
            then
                sqrt(
                    sum(
                        (
                            raters * observed / expected
                            + (rating_count - 1) * difference / expected
                            - (rating_count - 1) * observed * expected_growth / expected ^ 2
                        )
                        ^ 2
                        order by item
                    )
                    * count(*)
                    / nullif(count(*) - 1, 0)
                )
        end as alpha_std_error
    from _observed
    group by {{ group }} rating_count, value_kinds, expected, observed
{%- endmacro %}
