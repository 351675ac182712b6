select count(*)
from
    (
        {{ answer }}
    ) as returned
