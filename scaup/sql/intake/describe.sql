describe select *
from {{ rows }}
