"""Co-action pairs against CooRTweet's own results, through ingest, build and `scaup ask`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

CASES = [(10, 2), (60, 2), (10, 5)]
COLUMNS = "object_id, content_id, content_id_y, account_id, account_id_y, time_delta"

# Of two contents of one second neither is the older. The reference has them in the order of its
# input file, which the data does not keep; here both sides have them in the order of their ids.
REFERENCE = """
    select
        object_id,
        if(is_turned, content_id_y, content_id) as content_id,
        if(is_turned, content_id, content_id_y) as content_id_y,
        if(is_turned, account_id_y, account_id) as account_id,
        if(is_turned, account_id, account_id_y) as account_id_y,
        time_delta
    from (
        select *, time_delta = 0 and content_id > content_id_y as is_turned from read_parquet($path)
    )
"""


@pytest.fixture(scope="module")
def asked(scaup_on_real_data: Callable[..., str], tmp_path_factory: pytest.TempPathFactory):
    """A function that asks a coordination question for a case; returns the Parquet file's path."""
    folder = tmp_path_factory.mktemp("coordination")

    def ask(question: str, window: int, minimum: int) -> Path:
        path = folder / f"{question}_{window}_{minimum}.parquet"
        scaup_on_real_data(
            *("ask", question, "--time-window-seconds", str(window), "--min-participation", str(minimum)),
            *("--since", "2000-01-01", "--limit", "1000000", "--out", str(path)),
        )
        return path

    return ask


@pytest.mark.parametrize(("window", "minimum"), CASES)
def test_the_pairs_are_those_of_the_reference_implementation(asked, real, window, minimum):
    found = str(asked("coordinated_actions", window, minimum))
    path = str(real / f"coordination_russian/reference_pairs_w{window}_min{minimum}.parquet")
    values = {"found": found, "path": path}
    difference = duckdb.execute(
        f"with found as (select {COLUMNS} from read_parquet($found)), reference as ({REFERENCE}) "  # noqa: S608
        "select (select count(*) from reference), "
        "(select count(*) from (from found except all from reference)), "
        "(select count(*) from (from reference except all from found))",
        values,
    ).fetchall()
    reference_count, surplus, missing = difference[0]
    assert reference_count > 0
    assert (surplus, missing) == (0, 0)


@pytest.mark.parametrize(("window", "minimum"), CASES)
def test_the_network_has_the_published_pairs_accounts_edges_and_weight(asked, expected, window, minimum):
    found = duckdb.execute(
        "with edges as (from read_parquet($found)) "
        "select sum(weight)::bigint, (select count(*) from "
        "(select account_id from edges union select account_id_y from edges)), "
        "count(*), max(weight) from edges",
        {"found": str(asked("coordinated_network", window, minimum))},
    ).fetchall()
    assert (
        list(found[0])
        == expected[f"coordination_russian w{window} min{minimum} (pairs,accounts,edges,max_weight)"]
    )


def test_both_questions_follow_one_rule():
    def rule(name: str) -> str:
        text = (Path(__file__).resolve().parents[2] / f"analyses/{name}.sql").read_text()
        return text[text.index("with\n") : text.rindex("\nselect")]

    assert rule("coordinated_network") == rule("coordinated_actions")
