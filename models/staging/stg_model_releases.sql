select model_version, released_at, owner, recorded_at, source_system
from {{ source("raw", "model_releases") }}
qualify {{ latest_record(["model_version"]) }}
