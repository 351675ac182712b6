"""The real API clients of the base rates, through ingest and build: does any signal hit them, or escalate?

    python benchmarks/benign_clients.py [--requests 1000] [--home FOLDER]

What is known of the 421 clients (tests/oracles/data/servegen) is when, how much and how long. Each
becomes an account whose requests have its hours (as many of the day as its entropy asks), its burstiness,
its token lengths and up to `--requests` requests over two weeks, in its own proportion. The build is the
shipped one with all its signals. Prints what naive rules find on these very requests beside
what signals and risk scores find. Exits with 1 when any signal hits.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import duckdb
from children import scaup

PROJECT = Path(__file__).resolve().parent.parent
CLIENTS = PROJECT / "tests/oracles/data/servegen/clients.csv"
# Gaps are gamma-like by a power of a uniform number, scaled to the span; lengths are log-normal.
REQUESTS = """
    with clients as (
        select
            workload || '-' || client_id as account_id,
            workload,
            greatest(50, least(requests, $most))::bigint as requests,
            round(pow(24, hour_entropy))::bigint as active_hours,
            coalesce(median_gap_cv, 1) as gap_cv,
            coalesce(input_mean, 500) as input_mean, coalesce(input_cv, 1) as input_cv,
            coalesce(output_mean, 500) as output_mean, coalesce(output_cv, 1) as output_cv
        from read_csv($clients)
    ),
    numbered as (
        select
            *, unnest(range(requests)) as number,
            hash(account_id) % 24 as first_hour
        from clients
    ),
    drawn as (
        select
            *,
            (hash(account_id, number, 1) % 1000000 + 0.5) / 1000000 as u1,
            (hash(account_id, number, 2) % 1000000 + 0.5) / 1000000 as u2,
            (hash(account_id, number, 3) % 1000000 + 0.5) / 1000000 as u3,
            (hash(account_id, number, 4) % 1000000 + 0.5) / 1000000 as u4
        from numbered
    ),
    spaced as (
        select
            *,
            pow(-ln(u1), greatest(gap_cv, 0.1)) as gap,
            sqrt(-2 * ln(u2)) * cos(2 * pi() * u3) as z1,
            sqrt(-2 * ln(u2)) * sin(2 * pi() * u3) as z2
        from drawn
    ),
    placed as (
        select
            *,
            sum(gap) over (partition by account_id order by number)
            / sum(gap) over (partition by account_id) as place
        from spaced
    ),
    -- The place in the span counts active hours only.
    timed as (
        select
            *,
            timestamptz '2026-05-04 00:00:00+00'
            + to_seconds(floor(place * 13.999) * 86400)
            + to_seconds(
                (
                    (first_hour + floor((place * 13.999 - floor(place * 13.999)) * active_hours)) % 24
                    + (
                        (place * 13.999 - floor(place * 13.999)) * active_hours
                        - floor((place * 13.999 - floor(place * 13.999)) * active_hours)
                    )
                )
                * 3600
            ) as occurred_at
        from placed
    )
    select
        account_id || '-' || number as request_id, occurred_at, 'api' as surface, account_id,
        case workload when 'deepseek-r1' then 'model-r' else 'model-a' end as model_version,
        greatest(1, exp(ln(input_mean) - ln(1 + input_cv * input_cv) / 2
            + z1 * sqrt(ln(1 + input_cv * input_cv))))::bigint as input_tokens,
        greatest(1, exp(ln(output_mean) - ln(1 + output_cv * output_cv) / 2
            + z2 * sqrt(ln(1 + output_cv * output_cv))))::bigint as output_tokens,
        0 as tool_calls, case when u4 < 0.005 then 429 else 200 end as status,
        false as refused, occurred_at as recorded_at, 'servegen' as source_system
    from timed
"""
ACCOUNTS = """
    select
        workload || '-' || client_id as account_id,
        timestamptz '2026-04-01 00:00:00+00'
        + to_hours((hash(workload, client_id) % 700)::integer) as created_at,
        'active' as status, 'api' as surface_signup, '25-plus' as age_band, 'email' as verification,
        timestamptz '2026-04-30 00:00:00+00' as recorded_at, 'servegen' as source_system
    from read_csv($clients)
"""
FOUND = {
    "accounts with requests": "select count(distinct account_id) from intermediate.int_requests",
    "requests": "select count(*) from intermediate.int_requests",
    "account-days over 10 times the day before": (
        "select count(*) from (select request_count, lag(request_count) over (partition by account_id "
        "order by activity_date) as before from features.feat_account_days) where request_count > 10 * before"
    ),
    "accounts active in all 24 hours": (
        "select count(*) from (from intermediate.int_requests select account_id group by account_id "
        "having count(distinct hour(occurred_at)) = 24)"
    ),
    "rows of signals": "select count(*) from signals.signals",
    "signals that hit": "select coalesce(string_agg(distinct signal_id, ', '), 'none') from signals.signals",
    "subjects with a risk score": "select count(*) from enforcement.risk_scores",
    "subjects above escalation": "select count(*) from enforcement.risk_scores where is_above_escalation",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=1000, help="at most so many of each client")
    parser.add_argument("--home", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = arguments.home or folder / "home"
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            values = {"clients": str(CLIENTS)}
            requests = connection.execute(REQUESTS, values | {"most": arguments.requests}).to_arrow_table()
            accounts = connection.execute(ACCOUNTS, values).to_arrow_table()
            for table, rows in {"requests": requests, "accounts": accounts}.items():
                connection.from_arrow(rows).write_parquet(str(folder / f"{table}.parquet"))
        scaup(home, "ingest", str(folder / "requests.parquet"), str(folder / "accounts.parquet"))
        scaup(home, "build")
        snapshot = scaup(home, "snapshots", "--path")
        with duckdb.connect(snapshot, read_only=True) as connection:
            found = {what: connection.execute(sql).fetchall()[0][0] for what, sql in FOUND.items()}
    for what, value in found.items():
        print(f"{what:45} {value}")
    sys.exit(1 if found["rows of signals"] else 0)


if __name__ == "__main__":
    main()
