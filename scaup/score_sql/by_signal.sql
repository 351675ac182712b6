-- One row per signal, those that hit nothing included.
select
    definitions.signal_id,
    definitions.route,
    count(hits.subject_id) as subjects,
    count(*) filter (answer_key.role = 'actor') as actors,
    count(*) filter (answer_key.role = 'lookalike') as lookalikes,
    count(*) filter (hits.subject_id is not null and answer_key.role is null) as others,
    count(*) filter (answer_key.role = 'actor') / nullif(count(hits.subject_id), 0) as precision,
    wilson(count(*) filter (answer_key.role = 'actor'), count(hits.subject_id))[1] as precision_lower,
    wilson(count(*) filter (answer_key.role = 'actor'), count(hits.subject_id))[2] as precision_upper
from snapshot.signals.signal_definitions as definitions
left join hits using (signal_id)
left join answer_key using (subject_type, subject_id)
group by definitions.signal_id, definitions.route
order by definitions.signal_id;
