select classifier_id, version, policy_id, deployed_at, threshold, recorded_at, source_system
from {{ source("raw", "classifiers") }}
qualify {{ latest_record(["classifier_id", "version"]) }}
