with

    reporters as (
        select
            reporter_id,
            any_value(reporter_kind order by report_id) as reporter_kind,
            count(*) as report_count,
            count(*) filter (
                where state not in ('received', 'acknowledged', 'duplicate')
            ) as assessed_count,
            count(*) filter (
                where state in ('waiting_for_review', 'in_review', 'not_actioned', 'actioned')
            ) as valid_count,
            count(*) filter (where state = 'actioned') as actioned_count,
            max(received_at) as last_report_at
        from {{ ref("user_report_states") }}
        where reporter_id is not null
        group by reporter_id
    ),

    assessed as (select * from reporters where assessed_count > 0),

    prior as ({{ beta_prior("assessed", "valid_count", "assessed_count") }})

select
    assessed.reporter_id,
    assessed.reporter_kind,
    assessed.report_count,
    assessed.assessed_count,
    assessed.valid_count,
    assessed.actioned_count,
    prior.prior_mean as usual_validity,
    prior.prior_count,
    (assessed.valid_count + prior.prior_count * prior.prior_mean)
    / (assessed.assessed_count + prior.prior_count) as reporter_reliability,
    assessed.last_report_at
from assessed
cross join prior
order by assessed.reporter_id
