with

    citations as (
        select precedent_id, count(*) as citing_count, max(decided_at) as last_cited_at
        from
            (
                select unnest(precedent_ids) as precedent_id, decided_at
                from {{ ref("int_review_decisions") }}
                where decided_at < $as_known_at
            ) as cited
        group by precedent_id
    ),

    precedents as (
        select
            *,
            binds_until is null or binds_until > $as_known_at as is_binding,
            len(list_intersect(factor_codes, $factor_codes)) as shared_factor_count
        from {{ ref("int_precedents") }}
        where
            decided_at < $as_known_at
            and list_has_any(factor_codes, $factor_codes)
            and ($policy_id is null or policy_id = $policy_id)
    )

select
    precedent_id,
    is_binding,
    case when is_binding then 'binds' else status end as state,
    shared_factor_count,
    list_sort(factor_codes) as factor_codes,
    policy_id,
    policy_version,
    outcome,
    decided_at,
    binds_until,
    superseded_by,
    coalesce(citing_count, 0) as citing_count,
    last_cited_at,
    rationale_ref
from precedents
left join citations using (precedent_id)
where is_binding or not $only_binding
order by is_binding desc, shared_factor_count desc, decided_at desc, precedent_id
limit $limit
