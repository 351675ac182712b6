{#
    A share that is null, not infinite, when there is nothing to share.

        {{ share("overturned_count", "appeal_count") }}
        -- overturned_count / nullif(appeal_count, 0)
#}
{% macro share(part, whole) -%} {{ part }} / nullif({{ whole }}, 0) {%- endmacro %}
