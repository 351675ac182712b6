with

    known as (
        select
            reviewer_id,
            vendor_id,
            count(*) as known_label_count,
            count(*) filter (where answer = known_answer) as right_count
        from {{ ref("int_reviewer_labels") }}
        where known_answer is not null
        group by reviewer_id, vendor_id
    ),

    prior as ({{ beta_prior("known", "right_count", "known_label_count") }})

select
    reviewer_id,
    vendor_id,
    known_label_count,
    right_count,
    {{ share("right_count", "known_label_count") }} as right_share,
    {{ wilson_low("right_count", "known_label_count") }} as right_share_low,
    {{ wilson_high("right_count", "known_label_count") }} as right_share_high,
    (right_count + prior_count * prior_mean)
    / (known_label_count + prior_count) as shrunk_right_share,
    {{
        beta_quantile(
            0.025,
            "right_count + prior_count * prior_mean",
            "known_label_count - right_count + prior_count * (1 - prior_mean)",
        )
    }} as shrunk_right_share_low,
    {{
        beta_quantile(
            0.975,
            "right_count + prior_count * prior_mean",
            "known_label_count - right_count + prior_count * (1 - prior_mean)",
        )
    }} as shrunk_right_share_high
from known
cross join prior
order by reviewer_id
