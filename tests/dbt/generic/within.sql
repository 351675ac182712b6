{#
    Values lie in minimum ≤ value ≤ maximum; either bound may be left out. Null passes, NaN does not.

        columns:
          - name: hour_entropy
            data_tests:
              - within: {arguments: {minimum: 0, maximum: 1}}
#}
{% test within(model, column_name, minimum=none, maximum=none) %}

    select {{ column_name }}
    from {{ model }}
    where
        {{ column_name }} = 'nan'::double
        {%- if minimum is not none %} or {{ column_name }} < {{ minimum }}{% endif %}
        {%- if maximum is not none %} or {{ column_name }} > {{ maximum }}{% endif %}

{% endtest %}
