"""An approved exception silences one signal on one subject while it lasts, whatever signals there are."""

from __future__ import annotations

from model_sql import model_sql

from scaup import warehouse
from scaup.home import find_project

SIGNALS = sorted(path.stem for path in (find_project() / "models/marts/signals").glob("sig_*.sql"))


def test_an_exception_silences_one_signal_on_one_subject_while_it_lasts():
    connection = warehouse.connect()
    for signal in SIGNALS:
        connection.execute(f"""
            create table {signal} as
            select
                subject_type, subject_id, detected_at, detected_at as window_starts_at,
                detected_at + interval 1 day as window_ends_at, 0.5 as strength,
                json_object('a', 1) as evidence
            from (
                values
                    ('account', 'excepted', timestamptz '2026-04-30 23:59:59.999999+00'),
                    ('account', 'excepted', timestamptz '2026-05-01 00:00:00+00'),
                    ('account', 'excepted', timestamptz '2026-05-31 23:59:59.999999+00'),
                    ('account', 'excepted', timestamptz '2026-06-01 00:00:00+00'),
                    ('account', 'somebody_else', timestamptz '2026-05-01 00:00:00+00'),
                    ('cluster', 'excepted', timestamptz '2026-05-01 00:00:00+00')
            ) as hits (subject_type, subject_id, detected_at)
        """)  # noqa: S608
    connection.execute(
        """
        create table signal_exceptions as
        select
            ? as signal_id, 'account' as subject_type, 'excepted' as subject_id,
            date '2026-05-01' as valid_from, date '2026-06-01' as valid_to
        """,
        [SIGNALS[0]],
    )
    rows = connection.sql(f"""
        select
            signal_id,
            count(*),
            count(*) filter (where subject_type = 'account' and subject_id = 'excepted')
        from ({model_sql("marts/signals/signals")})
        group by signal_id
        order by signal_id
    """).fetchall()  # noqa: S608
    assert rows == [(SIGNALS[0], 4, 2), *((signal, 6, 4) for signal in SIGNALS[1:])]
