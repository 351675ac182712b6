{# The words of the quarantined texts, among which ids are. #}
select distinct unnest(regexp_extract_all(raw, '[^\s,;:"{}\[\]]+')) as word
from {{ rows }} as quarantine_rows
