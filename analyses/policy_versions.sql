select
    policy_id, version, name, severity, dsa_category, dsa_keyword, ncmec_type, valid_from, valid_to
from {{ ref("policies") }}
where $policy_id is null or policy_id = $policy_id
order by policy_id, version
