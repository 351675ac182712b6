with

    judged as (
        select subject_id, label = 'violating' as is_violating
        from {{ ref("int_reviewed_subjects") }}
        where subject_type = 'account' and label in ('violating', 'benign', 'needs_support')
    ),

    signals_used as (
        select signal_id, family, confirmed_count, settled_count, prevalence
        from {{ ref("signal_outcomes") }}
        where route = 'enforcement' and judged_type = 'account' and hit_count > 0
    ),

    hits as (select signal_id, account_id as subject_id from {{ ref("signal_subjects") }}),

    supported as (
        select distinct hits.subject_id
        from hits
        inner join {{ ref("signal_definitions") }} as definitions using (signal_id)
        where definitions.route = 'support'
    ),

    -- Nobody's own review may speak for the prediction that is held against it.
    without_own as (
        select
            judged.subject_id,
            signals_used.family,
            signals_used.prevalence,
            (
                signals_used.confirmed_count
                - judged.is_violating::integer
                + int_evidence_bounds.prior_reviews * signals_used.prevalence
            ) / (
                signals_used.settled_count - 1 + int_evidence_bounds.prior_reviews
            ) as precision_without_own,
            int_evidence_bounds.bits_floor,
            int_evidence_bounds.bits_cap
        from judged
        inner join hits using (subject_id)
        inner join signals_used using (signal_id)
        cross join {{ ref("int_evidence_bounds") }} as int_evidence_bounds
    ),

    family_bits as (
        select
            subject_id,
            family,
            max({{ bits_between("precision_without_own", "prevalence") }}) as bits
        from without_own
        group by subject_id, family
    ),

    totals as (select subject_id, sum(bits)::double as bits from family_bits group by subject_id),

    prior as (select avg(prevalence) as prevalence from signals_used)

select
    subject_id,
    judged.is_violating,
    coalesce(totals.bits, 0) as bits,
    supported.subject_id is not null as is_supported,
    -- Odds before, times two to the bits. One decimal more than anybody needs, so that sums agree.
    round(
        1 / (
            1
            + (1 - prior.prevalence)
            / prior.prevalence
            * power(2::double, - coalesce(totals.bits, 0))
        ),
        9
    ) as predicted_probability
from judged
cross join prior
left join totals using (subject_id)
left join supported using (subject_id)
where prior.prevalence is not null
order by subject_id
