with

    grades as (
        select eval_grades.*, item_id || '#' || epoch as answer_id
        from {{ ref("stg_eval_grades") }} as eval_grades
    ),

    groups as (
        select run_id, 'people' as graders, answer_id, label
        from grades
        where grader_kind = 'person'
        union all
        select run_id, 'all' as graders, answer_id, label
        from grades
    ),

    answers as (
        select
            run_id,
            graders,
            answer_id,
            count(*) as grade_count,
            count(distinct label) = 1 as is_agreed
        from groups
        where label is not null
        group by run_id, graders, answer_id
    ),

    agreed as (
        select
            run_id,
            graders,
            count(*) as answer_count,
            count(*) filter (where is_agreed) as agreed_answer_count,
            min(grade_count) as fewest_grades,
            max(grade_count) as most_grades
        from answers
        where grade_count > 1
        group by run_id, graders
    ),

    fleiss as ({{ fleiss_kappa("groups", "answer_id", "label", by=["run_id", "graders"]) }}),

    alphas as (
        {{ krippendorff_alpha("groups", "answer_id", "label", "nominal", by=["run_id", "graders"]) }}
    )

select
    agreed.run_id,
    agreed.graders,
    agreed.answer_count,
    agreed.fewest_grades,
    agreed.most_grades,
    agreed.agreed_answer_count,
    {{ share("agreed.agreed_answer_count", "agreed.answer_count") }} as agreed_share,
    {{ wilson_low("agreed.agreed_answer_count", "agreed.answer_count") }} as agreed_share_low,
    {{ wilson_high("agreed.agreed_answer_count", "agreed.answer_count") }} as agreed_share_high,
    fleiss.kappa as fleiss_kappa,
    alphas.alpha,
    case
        when alphas.alpha is not null
        then greatest(-1, alphas.alpha - 1.959963984540054::double * alphas.alpha_std_error)
    end as alpha_low,
    case
        when alphas.alpha is not null
        then least(1, alphas.alpha + 1.959963984540054::double * alphas.alpha_std_error)
    end as alpha_high
from agreed
left join fleiss using (run_id, graders)
left join alphas using (run_id, graders)
order by agreed.run_id, agreed.graders
