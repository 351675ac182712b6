with

    checked as (
        select
            reviewer_id,
            vendor_id,
            count(*) as checked_count,
            count(*) filter (where is_error) as error_count
        from {{ ref("double_reviews") }}
        where is_settled
        group by reviewer_id, vendor_id
    ),

    prior as ({{ beta_prior("checked", "error_count", "checked_count") }})

select
    checked.reviewer_id,
    checked.vendor_id,
    checked.checked_count,
    checked.error_count,
    {{ share("checked.error_count", "checked.checked_count") }} as error_share,
    {{ wilson_low("checked.error_count", "checked.checked_count") }} as error_share_low,
    {{ wilson_high("checked.error_count", "checked.checked_count") }} as error_share_high,
    (checked.error_count + prior.prior_count * prior.prior_mean)
    / (checked.checked_count + prior.prior_count) as shrunk_error_share,
    {{
        beta_quantile(
            0.025,
            "checked.error_count + prior.prior_count * prior.prior_mean",
            "checked.checked_count - checked.error_count + prior.prior_count * (1 - prior.prior_mean)",
        )
    }}
    as shrunk_error_share_low,
    {{
        beta_quantile(
            0.975,
            "checked.error_count + prior.prior_count * prior.prior_mean",
            "checked.checked_count - checked.error_count + prior.prior_count * (1 - prior.prior_mean)",
        )
    }}
    as shrunk_error_share_high
from checked
cross join prior
order by checked.reviewer_id
