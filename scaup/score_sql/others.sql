-- Everybody who was not planted: how many were hit, and how many stand above escalation.
select
    (select count(*) from (select subject_type, subject_id from hits where route = 'enforcement' group by all) as hit anti join answer_key using (subject_type, subject_id))
        as hit,
    count(*) filter (risk_scores.is_above_escalation) as above_escalation
from snapshot.enforcement.risk_scores as risk_scores
anti join answer_key using (subject_type, subject_id);
