{#
    `signals` leaves out what an exception silences; this keeps it, so that no exception works unseen. The
    signals are those that `signals` unites: the list stays in one place, and dbt's graph knows it.
#}
{% set nodes = graph.get("nodes", {}) %}
{% set united = nodes.get("model.scaup.signals", {}).get("depends_on", {}).get("nodes", []) %}

-- Nothing here reads a signal before that does. depends_on: {{ ref("signals") }}
with

    signal_rows as (
        select
            null::varchar as signal_id,
            null::varchar as subject_type,
            null::varchar as subject_id,
            null::timestamptz as detected_at,
            null::timestamptz as window_starts_at,
            null::timestamptz as window_ends_at,
            null::double as strength
        where false
        {% for id in united | sort if ".sig_" in id %}
            union all
            select
                '{{ nodes[id]["name"] }}' as signal_id,
                subject_type,
                subject_id,
                detected_at,
                window_starts_at,
                window_ends_at,
                strength::double as strength
            from {{ nodes[id]["relation_name"] }}
        {% endfor %}
    )

select
    exceptions.exception_id,
    signal_rows.signal_id,
    signal_rows.subject_type,
    signal_rows.subject_id,
    signal_rows.detected_at,
    signal_rows.window_starts_at,
    signal_rows.window_ends_at,
    signal_rows.strength
from signal_rows
inner join
    {{ ref("signal_exceptions") }} as exceptions
    on signal_rows.signal_id = exceptions.signal_id
    and signal_rows.subject_type = exceptions.subject_type
    and signal_rows.subject_id = exceptions.subject_id
    and {{ valid_at("signal_rows.detected_at", "exceptions") }}
