{#
    The rows of all signals, each with the name of the signal that it comes from. dbt cannot find
    models by name while it parses, so the caller lists them; a project test names what is missing.

        {{ union_signals(["sig_a", "sig_b"]) }}
        -- select 'sig_a' as signal_id, subject_type, … from "warehouse"."signals"."sig_a"
        -- union all
        -- select 'sig_b' as signal_id, subject_type, … from "warehouse"."signals"."sig_b"
#}
{% macro union_signals(names) -%}
    {%- for name in names %}
        select
            '{{ name }}' as signal_id,
            subject_type,
            subject_id,
            detected_at,
            window_starts_at,
            window_ends_at,
            strength,
            evidence
        from {{ ref(name) }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
{%- endmacro %}
