select model_version, released_at, owner, recorded_at, source_system
from {{ latest_records(source("raw", "model_releases"), ["model_version"]) }}
