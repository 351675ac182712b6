{#
    A window's start comes before its end. A null end is still open; a null start is a failure.

        data_tests:
          - half_open: {arguments: {since: from_at, until: to_at}}
#}
{% test half_open(model, since, until) %}

    select {{ since }}, {{ until }}
    from {{ model }}
    where {{ since }} is null or {{ since }} >= {{ until }}

{% endtest %}
