select distinct sha256($outer || unhex(sha256($inner || encode(kind || ' ' || value)))) as hmac
from erased
order by hmac
