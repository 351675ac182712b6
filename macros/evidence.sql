{#
    What a signal saw, beside what it asks for: one entry per threshold, named for the column that it
    bounds. Columns in `shown` have no threshold; they say which rows to open.

        {{ evidence({"linked_banned_accounts": 2}, shown=["cluster_id"]) }}
        -- json_object(
        --     'linked_banned_accounts',
        --     json_object('observed', linked_banned_accounts, 'threshold', 2),
        --     'cluster_id', json_object('observed', cluster_id)
        -- )
#}
{% macro evidence(thresholds, shown=[]) -%}
    json_object(
        {%- for column, threshold in thresholds.items() %}
            '{{ column }}',
            json_object(
                'observed', {{ column }}, 'threshold', {{ threshold }}
            ){{ "," if shown or not loop.last }}
        {%- endfor %}
        {%- for column in shown %}
            '{{ column }}', json_object('observed', {{ column }}){{ "," if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{#
    How far an observed value is over its threshold: a half at the threshold, three quarters at twice
    the threshold, never quite one.

        {{ strength("slot_count", 6) }}
        -- 1 - (6) / (2.0::double * (slot_count))
#}
{% macro strength(observed, threshold) -%}
    1 - ({{ threshold }}) / (2.0::double * ({{ observed }}))
{%- endmacro %}


{#
    Two bands of strength: strong when what was seen reached twice the threshold.

        {{ strength_band("strength") }}
        -- case when strength >= 0.75 then 'strong' else 'weak' end
#}
{% macro strength_band(strength) -%}
    case when {{ strength }} >= 0.75 then 'strong' else 'weak' end
{%- endmacro %}
