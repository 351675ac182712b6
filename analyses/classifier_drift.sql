-- Under no drift the index times n m / (n + m) follows chi-square with bins - 1 degrees of freedom
-- (Yurdakul and Naranjo, J. Risk Model Validation 14 (2020)); its 95 % quantile after Wilson and
-- Hilferty. Each count is raised by a half, so that an empty bin has a logarithm.
with

    scores as (
        select
            occurred_at >= $since as is_now,
            case
                $classifier_id
                when 'threat'
                then threat_score
                when 'minor_indicator'
                then minor_indicator_score
                when 'sexualisation'
                then sexualisation_score
                when 'recruitment'
                then recruitment_score
                when 'harassment'
                then harassment_score
                when 'victim_or_helper'
                then victim_or_helper_score
                when 'reasoning_elicitation'
                then reasoning_elicitation_score
            end as score
        from {{ ref("int_request_scores") }}
        where occurred_at >= least($baseline_since, $since) and occurred_at < $until
    ),

    counts as (
        select
            least(floor(score * $bins), $bins - 1)::bigint as bin,
            count(*) filter (where not is_now) as baseline_count,
            count(*) filter (where is_now) as score_count
        from scores
        where score is not null
        group by bin
    ),

    filled as (
        select
            bins.bin,
            coalesce(counts.baseline_count, 0) as baseline_count,
            coalesce(counts.score_count, 0) as score_count,
            sum(coalesce(counts.baseline_count, 0)) over () as baseline_total,
            sum(coalesce(counts.score_count, 0)) over () as score_total
        from (select unnest(range($bins)) as bin) as bins
        left join counts using (bin)
    ),

    parts as (
        select
            *,
            (baseline_count + 0.5::double) / (baseline_total + 0.5::double * $bins) as p,
            (score_count + 0.5::double) / (score_total + 0.5::double * $bins) as q
        from filled
        where baseline_total > 0 and score_total > 0
    ),

    indices as (
        select
            *,
            (q - p) * ln(q / p) as psi_part,
            list_sum(
                list((q - p) * ln(q / p)) over (
                    order by bin rows between unbounded preceding and unbounded following
                )
            ) as psi,
            ($bins - 1)
            * (1 - 2 / (9 * ($bins - 1)) + 1.6448536269514722 * sqrt(2 / (9 * ($bins - 1)))) ^ 3
            * (1 / baseline_total + 1 / score_total) as psi_limit
        from parts
    )

select
    bin,
    bin / $bins as score_from,
    baseline_count,
    score_count,
    baseline_count / baseline_total as baseline_share,
    score_count / score_total as score_share,
    psi_part,
    psi,
    psi_limit,
    psi >= psi_limit as has_shifted
from indices
order by bin
limit $limit
