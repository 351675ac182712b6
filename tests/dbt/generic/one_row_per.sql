{#
    The grain: no two rows agree in all of these columns, and none of them is null.

        data_tests:
          - one_row_per: {arguments: {columns: [account_id, activity_date]}}
#}
{% test one_row_per(model, columns) %}

    select {{ columns | join(", ") }}, count(*) as row_count
    from {{ model }}
    group by {{ columns | join(", ") }}
    having count(*) > 1 {%- for column in columns %} or {{ column }} is null{% endfor %}

{% endtest %}
