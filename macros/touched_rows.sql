{#
    Of a relation with a row or more per account and day, what an incremental model has to look at: the rows of
    accounts that new loads touch, from the first day on that they touch (`stg_touched_accounts`). All rows
    where the model is made from nothing.

        from {{ touched_rows(ref("int_requests"), "activity_date") }} as requests
        -- from (
        --     select candidates.* from … as candidates
        --     inner join … as touched on candidates.account_id is not distinct from touched.account_id
        --         and candidates.activity_date >= touched.requests_from
        -- ) as requests
#}
{% macro touched_rows(relation, day, since="touched.requests_from") -%}
    {#- Said when dbt reads the project, too: it does not look behind `is_incremental`. -#}
    {%- set touched = ref("stg_touched_accounts") if is_incremental() or not execute -%}
    {%- if is_incremental() -%}
        (
            select candidates.*
            from {{ relation }} as candidates
            inner join
                {{ touched }} as touched
                on candidates.account_id is not distinct from touched.account_id
                and candidates.{{ day }} >= {{ since }}
        )
    {%- else -%} {{ relation }}
    {%- endif -%}
{%- endmacro %}
