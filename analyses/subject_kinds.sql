select subject_kind, about_type, about_id
from {{ ref("int_subject_ids") }}
where subject_id = $subject_id
order by subject_kind, about_type, about_id
limit $limit
