with

    checks as (
        select
            second_of as decision_id,
            count(*) as check_count,
            count(*) filter (where not agrees_with_first) as disagreed_count
        from {{ ref("int_review_decisions") }}
        where second_of is not null
        group by second_of
    ),

    decisions as (
        select
            list_sort(decisions.factor_codes) as factor_codes,
            len(list_intersect(decisions.factor_codes, $factor_codes)) as shared_factor_count,
            tasks.suspected_policy,
            decisions.label,
            decisions.decision_id,
            decisions.decided_at,
            checks.check_count,
            checks.disagreed_count
        from {{ ref("int_review_decisions") }} as decisions
        inner join {{ ref("review_work") }} as tasks using (task_id)
        left join checks on decisions.decision_id = checks.decision_id
        where
            decisions.second_of is null
            and decisions.decided_at >= $since
            and decisions.decided_at < $until
            and list_has_any(decisions.factor_codes, $factor_codes)
            and ($policy_id is null or tasks.suspected_policy = $policy_id)
    )

select
    factor_codes,
    any_value(shared_factor_count) as shared_factor_count,
    suspected_policy,
    label,
    count(*) as decision_count,
    count(*) / sum(count(*)) over (partition by factor_codes, suspected_policy) as share_of_factors,
    count(*) filter (where check_count > 0) as checked_count,
    coalesce(sum(disagreed_count), 0)::bigint as disagreed_count,
    max(decided_at) as last_decided_at,
    arg_max(decision_id, (decided_at, decision_id)) as latest_decision_id
from decisions
group by factor_codes, suspected_policy, label
order by shared_factor_count desc, decision_count desc, factor_codes, suspected_policy, label
limit $limit
