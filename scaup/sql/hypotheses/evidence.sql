-- One row per piece of evidence: how much it tells hypotheses apart, and which would lead without
-- it.
-- Diagnosticity is the standard deviation of its ratings, from II = -2 to CC = 2; 0 = it fits all
-- alike and decides nothing.
with

    cells as (
        select
            unnest($evidence) as evidence,
            unnest($hypotheses) as hypothesis,
            unnest($ratings) as rating,
            unnest($weights)::decimal(9, 6) as weight
    ),

    contributions as (
        select
            *,
            case rating when 'II' then 2 when 'I' then 1 else 0 end * weight as points,
            case
                rating
                when 'II'
                then -2
                when 'I'
                then -1
                when 'N'
                then 0
                when 'C'
                then 1
                when 'CC'
                then 2
            end as fit
        from cells
    ),

    totals as (select hypothesis, sum(points) as points from contributions group by hypothesis),

    leaders as (
        select list(hypothesis order by hypothesis) as leaders
        from totals
        where points = (select min(points) from totals)
    ),

    without as (
        select
            contributions.evidence,
            contributions.hypothesis,
            totals.points - contributions.points as points
        from contributions
        inner join totals using (hypothesis)
    ),

    leaders_without as (
        select evidence, list(hypothesis order by hypothesis) as leaders_without
        from without
        group by evidence, points
        qualify points = min(points) over (partition by evidence)
    ),

    spreads as (
        select
            evidence,
            coalesce(stddev_pop(fit), 0)::decimal(9, 3) as diagnosticity,
            any_value(weight)::decimal(9, 3) as weight
        from contributions
        group by evidence
    )

select
    spreads.evidence,
    spreads.diagnosticity,
    spreads.weight,
    leaders_without.leaders_without,
    leaders_without.leaders_without != leaders.leaders as is_decisive
from spreads
inner join leaders_without using (evidence)
cross join leaders
order by spreads.diagnosticity * spreads.weight desc, spreads.evidence
