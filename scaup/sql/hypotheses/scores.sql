-- One row per hypothesis, the least contradicted first. Only what contradicts counts: evidence that
-- fits one hypothesis usually fits others too (Heuer 1999, chapter 8).
with

    cells as (
        select
            unnest($evidence) as evidence,
            unnest($hypotheses) as hypothesis,
            unnest($ratings) as rating,
            unnest($weights)::decimal(9, 6) as weight
    )

select
    hypothesis,
    coalesce(sum(case rating when 'II' then 2 when 'I' then 1 else 0 end * weight), 0)::decimal(
        18, 3
    ) as weighted_inconsistency,
    sum(case rating when 'II' then 2 when 'I' then 1 else 0 end)::bigint as inconsistency,
    count(*) filter (where rating in ('I', 'II')) as inconsistent_count,
    count(*) filter (where rating in ('C', 'CC')) as consistent_count,
    count(*) as evidence_count
from cells
group by hypothesis
order by weighted_inconsistency, hypothesis
