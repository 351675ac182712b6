select source_line, unnest(from_json(raw, {{ shape }})) from {{ rows }}
