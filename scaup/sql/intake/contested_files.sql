select distinct file_no
from {{ ("accepted_" ~ table) | identifier }}
semi join contested using (key_hash)
