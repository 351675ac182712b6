select classifier_id, version, policy_id, deployed_at, threshold, recorded_at, source_system
from {{ latest_records(source("raw", "classifiers"), ["classifier_id", "version"]) }}
