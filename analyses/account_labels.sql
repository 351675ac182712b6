select
    week_starts_on,
    recruitment_count,
    debt_count,
    document_count,
    sexualisation_count,
    sexualisation_refused_count,
    harassment_count,
    threat_count,
    help_count,
    fiction_count,
    place_count,
    language_count,
    max_threat_score,
    max_victim_or_helper_score,
    is_verified_org_member
from {{ ref("feat_account_label_weeks") }}
where account_id = $account_id and week_starts_on >= $since and week_starts_on < $until
order by week_starts_on
limit $limit
