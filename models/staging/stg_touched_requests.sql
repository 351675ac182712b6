{{ config(materialized="table") }}
{# What incremental models of single requests go by. #}
select request_id
from {{ new_rows("requests") }} as requests
union
select request_id
from {{ new_rows("classifier_scores") }} as classifier_scores
