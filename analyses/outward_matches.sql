select
    feat_hash_matches.match_id,
    feat_hash_matches.content_id,
    feat_hash_matches.account_id,
    feat_hash_matches.list_id,
    feat_hash_matches.entry_id,
    feat_hash_matches.hash_type,
    feat_hash_matches.opinion,
    feat_hash_matches.entry_status,
    feat_hash_matches.distance,
    feat_hash_matches.is_exact,
    feat_hash_matches.occurred_at,
    int_reviewed_subjects.label as review_label,
    int_reviewed_subjects.decided_at as reviewed_at
from {{ ref("feat_hash_matches") }} as feat_hash_matches
left join
    {{ ref("int_reviewed_subjects") }} as int_reviewed_subjects
    on int_reviewed_subjects.subject_type = 'content'
    and feat_hash_matches.content_id = int_reviewed_subjects.subject_id
where
    feat_hash_matches.account_id = any($account_ids)
    or feat_hash_matches.content_id = any($content_ids)
order by feat_hash_matches.list_id, feat_hash_matches.entry_id, feat_hash_matches.match_id
limit $limit
