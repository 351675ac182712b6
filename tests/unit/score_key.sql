create table answer_key as
select
    subject_type, subject_id, role, kind, kind || '-0' as group_key,
    case kind when 'harassment_brigade' then 'harassment' when 'mcp_poisoned' then 'mcp_abuse' end as harm_type,
    timestamptz '2026-04-01 00:00:00+00' as started_at
from
    (
        values
            ('account', 'one', 'actor', 'harassment_brigade'), ('account', 'two', 'actor', 'harassment_brigade'),
            ('account', 'three', 'actor', 'harassment_brigade'), ('account', 'four', 'actor', 'harassment_brigade'),
            ('mcp_server', 'server', 'actor', 'mcp_poisoned'), ('account', 'writer', 'lookalike', 'fiction_writers'),
            ('account', 'victim_1', 'lookalike', 'victims_seeking_help'),
            ('account', 'victim_2', 'lookalike', 'victims_seeking_help')
    ) as subjects(subject_type, subject_id, role, kind);
