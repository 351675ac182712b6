-- Points of risk scores (a subject and a signal that hit it) without any raw row in `trace`.
with

    points as (
        select
            subject_type,
            subject_id,
            unnest(from_json(contributions, '[{"signal_id": "VARCHAR"}]')).signal_id as signal_id
        from enforcement.risk_scores
    ),

    hits as (
        select signal_id, subject_type, subject_id, window_starts_at, window_ends_at, 'account' as scored_type, account_id as scored_id
        from signals.signal_subjects
        union all
        select signal_id, subject_type, subject_id, window_starts_at, window_ends_at, subject_type, subject_id
        from signals.signals
        where subject_type in ('sender', 'mcp_server')
    ),

    traced_hits as (
        from hits
        semi join trace using (signal_id, subject_type, subject_id, window_starts_at, window_ends_at)
    )

from points
anti join
    traced_hits
    on points.signal_id = traced_hits.signal_id
    and points.subject_type = traced_hits.scored_type
    and points.subject_id = traced_hits.scored_id
