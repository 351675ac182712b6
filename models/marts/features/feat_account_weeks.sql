{{
    config(
        materialized="incremental" if target.type == "duckdb" else "table",
        unique_key=["account_id", "week_starts_on"],
        meta={"follows": ["int_requests", "int_verified_memberships", "stg_touched_accounts"]},
    )
}}
{# Said when dbt reads the project, too: it does not look behind `is_incremental`. #}
{% set touched_accounts = ref("stg_touched_accounts") if is_incremental() or not execute %}

with

    {% if is_incremental() %}
        grid as (
            select count(*) as grid_cell_count
            from
                (
                    select distinct task_label, language
                    from {{ ref("int_requests") }}
                    where account_id is not null and task_label is not null
                ) as cells
        ),

        known_grid as (
            select coalesce(max(round(cell_count / cell_coverage)), 0)::bigint as grid_cell_count
            from {{ this }}
        ),

        touched as (
            select account_id, min(weeks_from) as weeks_from
            from
                (
                    select account_id, date_trunc('week', from_date)::date as weeks_from
                    from {{ touched_accounts }}
                    union all
                    -- Every week is told in parts of the grid.
                    select account_id, week_starts_on
                    from {{ this }}
                    cross join grid
                    cross join known_grid
                    where grid.grid_cell_count <> known_grid.grid_cell_count
                ) as touched_weeks
            group by account_id
        ),
    {% endif %}

    requests as (
        select
            account_id,
            date_trunc('week', activity_date)::date as week_starts_on,
            occurred_at,
            task_label,
            language,
            output_tokens,
            max_tokens,
            input_tokens
        from {{ ref("int_requests") }}
        {% if is_incremental() %}
            inner join touched using (account_id) where activity_date >= touched.weeks_from
        {% else %} where account_id is not null
        {% endif %}
    ),

    request_weeks as (
        select
            account_id,
            week_starts_on,
            count(*) as request_count,
            count(*) filter (
                where task_label in ('reasoning_trace', 'rubric_grading')
            ) as reasoning_count,
            count(*) filter (
                where {{ is_capped("output_tokens", "max_tokens") }}
            ) as capped_output_count,
            count(max_tokens) as limited_output_count,
            sum(input_tokens)::bigint as input_tokens,
            sum(output_tokens)::bigint as output_tokens,
            count(distinct language) as language_count,
            min(occurred_at) as first_at,
            max(occurred_at) as last_at
        from requests
        group by account_id, week_starts_on
    ),

    -- A cell of the capability grid: what was asked for, in which language, an unknown one
    -- included.
    cells as (
        select account_id, week_starts_on, task_label, language, count(*) as request_count
        from requests
        where task_label is not null
        group by account_id, week_starts_on, task_label, language
    ),

    {% if not is_incremental() %}
        grid as (
            select count(*) as grid_cell_count
            from (select distinct task_label, language from cells) as distinct_cells
        ),
    {% endif %}

    cell_weeks as (
        select
            account_id,
            week_starts_on,
            count(*) as cell_count,
            sum(request_count)::bigint as labelled_count,
            count(*) filter (where request_count = 1) as cells_seen_once,
            count(*) filter (where request_count = 2) as cells_seen_twice,
            -- Decimals, so that the sum does not depend on the order of its rows.
            sum((request_count * ln(request_count))::decimal(38, 12))::double as weighted_log_sum
        from cells
        group by account_id, week_starts_on
    ),

    verified_weeks as (
        select account_id, week_starts_on, true as is_verified
        from request_weeks
        inner join {{ ref("int_verified_memberships") }} as memberships using (account_id)
        where
            memberships.from_at < week_starts_on + interval 7 days
            and coalesce(memberships.to_at > week_starts_on, true)
        group by account_id, week_starts_on
    )

select
    account_id,
    week_starts_on,
    request_weeks.request_count,
    request_weeks.input_tokens,
    request_weeks.output_tokens,
    {{ share("request_weeks.output_tokens", "request_weeks.input_tokens") }} as output_input_ratio,
    request_weeks.reasoning_count,
    request_weeks.reasoning_count / request_weeks.request_count as reasoning_share,
    request_weeks.capped_output_count,
    {{ share("request_weeks.capped_output_count", "request_weeks.limited_output_count") }}
    as capped_output_share,
    request_weeks.language_count,
    coalesce(cell_weeks.cell_count, 0) as cell_count,
    coalesce(cell_weeks.labelled_count, 0) as labelled_count,
    {{ share("cell_weeks.cell_count", "grid.grid_cell_count") }} as cell_coverage,
    abs(
        round(
            (
                ln(nullif(cell_weeks.labelled_count, 0))
                - cell_weeks.weighted_log_sum / cell_weeks.labelled_count
            )
            / nullif(ln(nullif(grid.grid_cell_count, 0)), 0),
            9
        )
    ) as cell_entropy,
    {{ chao1_unseen("cell_weeks.cells_seen_once", "cell_weeks.cells_seen_twice") }}
    as unseen_cell_estimate,
    coalesce(verified_weeks.is_verified, false) as is_verified_org_member,
    request_weeks.first_at,
    request_weeks.last_at
from request_weeks
cross join grid
left join cell_weeks using (account_id, week_starts_on)
left join verified_weeks using (account_id, week_starts_on)
