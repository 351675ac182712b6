with

    labels as (
        select *, label = 'violating' as is_violating
        from {{ ref("int_reviewer_labels") }}
        where is_first_of_reviewer and not is_golden
    ),

    alphas as (
        select 'is_violating' as question, 'nominal' as level, *
        from
            (
                {{ krippendorff_alpha("labels", "item_id", "is_violating", "nominal", by=["queue_id"]) }}
            )
        union all
        select 'verdict' as question, 'nominal' as level, *
        from ({{ krippendorff_alpha("labels", "item_id", "label", "nominal", by=["queue_id"]) }})
        union all
        select 'answer' as question, 'nominal' as level, *
        from ({{ krippendorff_alpha("labels", "item_id", "answer", "nominal", by=["queue_id"]) }})
        union all
        select 'severity' as question, 'ordinal' as level, *
        from ({{ krippendorff_alpha("labels", "item_id", "severity", "ordinal", by=["queue_id"]) }})
    ),

    -- Kappa is about two raters: who decided, and who checked it blind.
    pairs as (
        select
            first_labels.queue_id,
            first_labels.is_violating as first_is_violating,
            checks.is_violating as second_is_violating,
            first_labels.label as first_label,
            checks.label as second_label,
            first_labels.answer as first_answer,
            checks.answer as second_answer,
            first_labels.severity as first_severity,
            checks.severity as second_severity
        from labels as first_labels
        inner join labels as checks using (item_id)
        where not first_labels.is_blind_check and checks.is_blind_check
    ),

    kappas as (
        select 'is_violating' as question, *
        from
            (
                {{ cohen_kappa("pairs", "first_is_violating", "second_is_violating", by=["queue_id"]) }}
            )
        union all
        select 'verdict' as question, *
        from ({{ cohen_kappa("pairs", "first_label", "second_label", by=["queue_id"]) }})
        union all
        select 'answer' as question, *
        from ({{ cohen_kappa("pairs", "first_answer", "second_answer", by=["queue_id"]) }})
        union all
        select 'severity' as question, *
        from ({{ cohen_kappa("pairs", "first_severity", "second_severity", by=["queue_id"]) }})
    )

select
    alphas.queue_id,
    alphas.question,
    alphas.level,
    alphas.item_count,
    alphas.rating_count,
    alphas.alpha,
    case
        when alphas.alpha is not null
        then greatest(-1, alphas.alpha - 1.959963984540054::double * alphas.alpha_std_error)
    end as alpha_low,
    case
        when alphas.alpha is not null
        then least(1, alphas.alpha + 1.959963984540054::double * alphas.alpha_std_error)
    end as alpha_high,
    kappas.pair_count,
    kappas.agreed_count,
    kappas.kappa,
    case
        when kappas.kappa is not null
        then greatest(-1, kappas.kappa - 1.959963984540054::double * kappas.kappa_std_error)
    end as kappa_low,
    case
        when kappas.kappa is not null
        then least(1, kappas.kappa + 1.959963984540054::double * kappas.kappa_std_error)
    end as kappa_high
from alphas
left join kappas using (queue_id, question)
order by alphas.queue_id, alphas.question
