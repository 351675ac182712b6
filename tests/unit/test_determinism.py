"""The same rows give the same snapshot, however they arrive and however often one builds on the way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from played import played
from small import add_requests, small_project, write

from scaup import transform
from scaup.build import build
from scaup.home import Home
from scaup.ingest import ingest
from scaup.plan import Options
from scaup.warehouse import open_snapshot

REQUESTS = 8
ACCOUNTS = """select account_id, status, recorded_at from {{ ref("stg_accounts") }}
"""
ACCOUNTS_YML = """models:
  - name: feat_accounts
    description: One row per account.
    columns:
      - {name: account_id, description: The account.}
      - {name: status, description: Its status.}
      - {name: recorded_at, description: Since when.}
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """The small project, and a mart of the accounts' latest versions."""
    folder = small_project(tmp_path_factory.mktemp("checkout"), project)
    write(folder / "models/marts/features/feat_accounts.sql", ACCOUNTS)
    write(folder / "models/marts/features/feat_accounts.yml", ACCOUNTS_YML)
    return folder


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Home:
    """A home in which dbt has built once; the rows of its load are the ones that arrive below."""
    home = Home(tmp_path_factory.mktemp("first"))
    add_requests(home, checkout, "all", per_account=3)
    build(home, checkout)
    return home


@st.composite
def arrivals(draw: st.DrawFn) -> list[tuple[list[int], bool]]:
    """Loads in order: which of the nine requests each brings, some for the second time, and whether somebody
    builds after it."""
    order = draw(st.permutations(range(REQUESTS + 1)))
    cuts = sorted(draw(st.sets(st.integers(1, REQUESTS), max_size=2)))
    loads = [order[start:end] for start, end in zip([0, *cuts], [*cuts, REQUESTS + 1], strict=True)]
    again = draw(st.lists(st.integers(0, REQUESTS), max_size=3, unique=True))
    return [(sorted({*load, *again}, key=order.index), draw(st.booleans())) for load in loads]


@settings(max_examples=4, deadline=None, derandomize=True, database=None)
@given(arrivals())
def test_any_order_of_arrival_gives_the_snapshot_of_a_build_of_all_at_once(first, checkout, ways):
    folder = first.root.parent / "other"
    shutil.rmtree(folder, ignore_errors=True)
    home = Home(folder / "home")
    shutil.copytree(first.root / "dbt", home.root / "dbt")
    source = first.root / "incoming" / "all"
    lines = (source / "requests.jsonl").read_text().splitlines(keepends=True)
    accounts = [json.loads(line) for line in (source / "accounts.jsonl").read_text().splitlines()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transform, "run", played)
        for number, (load, is_built) in enumerate(ways):
            write(folder / f"{number}" / "requests.jsonl", "".join(lines[place] for place in load))
            # An account's version that is overtaken before anybody builds, or after.
            past = {"status": "restricted", "recorded_at": f"2026-01-0{number + 1}T00:00:00Z"}
            version = [{**one, **past} for one in accounts]
            rows = [*version, *accounts] if number == 0 else [*accounts, *version]
            write(folder / f"{number}" / "accounts.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
            ingest([folder / f"{number}"], home, project=checkout)
            if is_built:
                build(home, checkout)
        grown = build(home, checkout)
        anew = build(home, checkout, Options(fresh=True, threads=1))
    plain = open_snapshot(first).manifest
    assert grown.manifest["relations"] == anew.manifest["relations"] == plain["relations"]
    assert grown.snapshot_id == anew.snapshot_id
