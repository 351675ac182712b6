{#
    Nothing in the model may fulfil this condition. The failing rows are shown as they are.

        data_tests:
          - no_rows_where: {arguments: {condition: "reversed_at < banned_at"}}
#}
{% test no_rows_where(model, condition) %}

    select * from {{ model }} where {{ condition }}

{% endtest %}
