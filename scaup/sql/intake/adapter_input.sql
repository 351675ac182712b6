create or replace temp view input as
select *
from {{ rows }}
