select min(recorded_at), max(recorded_at) from {{ rows }}
