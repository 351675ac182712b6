"""Scoring: figures that can be counted by hand, and a refusal to hold a key against the wrong snapshot."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from scipy.stats import binomtest

from scaup.cli import cli
from scaup.errors import MissingInput
from scaup.home import Home
from scaup.score import find_world, score
from scaup.warehouse import Snapshot, connect, open_snapshot, quoted

HERE = Path(__file__).parent


@pytest.fixture
def small(tmp_path: Path) -> Home:
    """A home with a world of nine subjects and a snapshot that judged them."""
    home = Home(tmp_path)
    world = home.worlds / "s-1"
    (world / "sealed").mkdir(parents=True)
    plan = {"size": "s", "seed": 1, "attacker_mix": 0.25, "days": 92}
    (world / "manifest.json").write_text(json.dumps({"plan": plan, "recipe": "", "rows": {}}))
    folder = home.snapshots / "small"
    folder.mkdir(parents=True)
    (home.snapshots / "current").write_text("small")
    (folder / "manifest.json").write_text(json.dumps({"as_of": "2026-06-01T00:00:00+00:00"}))
    with connect(folder / "warehouse.duckdb") as connection:
        connection.execute((HERE / "score_snapshot.sql").read_text(encoding="utf-8"))
    with connect() as connection:
        connection.execute((HERE / "score_key.sql").read_text(encoding="utf-8"))
        connection.execute(f"copy answer_key to {quoted(world / 'sealed' / 'answer_key.parquet')}")
    return home


@pytest.fixture
def snapshot(small: Home) -> Snapshot:
    return open_snapshot(small)


@pytest.fixture
def run(small: Home) -> Callable[..., Result]:
    return lambda *words: CliRunner().invoke(cli, ["--home", str(small.root), "score", *words])


def change(home: Home, statement: str) -> None:
    with connect(home.snapshots / "small" / "warehouse.duckdb") as connection:
        connection.execute(statement)


def test_a_kind_counts_its_subjects_hits_and_days(small: Home, snapshot: Snapshot) -> None:
    brigade, server = score(snapshot, find_world(small, None)).actors
    assert (brigade["kind"], brigade["subjects"], brigade["hit"]) == ("harassment_brigade", 4, 3)
    assert brigade["share_hit"] == 0.75
    wilson = binomtest(3, 4).proportion_ci(method="wilson")
    assert brigade["share_hit_lower"] == pytest.approx(wilson.low, abs=1e-4)
    assert brigade["share_hit_upper"] == pytest.approx(wilson.high, abs=1e-4)
    assert brigade["signals"] == ["sig_target 3", "sig_linked 1"]
    assert brigade["above_escalation"] == 2
    # Days 2 and 4, and one whose cluster was known before it came.
    assert brigade["median_days_to_detection"] == 2
    assert (server["kind"], server["hit"]) == ("mcp_poisoned", 1)


def test_a_kind_is_scored_by_who_is_escalated_for_its_harm(small: Home, snapshot: Snapshot) -> None:
    brigade = score(snapshot, find_world(small, None)).actors[0]
    # Above escalation: one, two and a stranger.
    assert (brigade["accused"], brigade["precision"]) == (3, pytest.approx(2 / 3))
    assert brigade["share_escalated"] == 0.5
    # One before its detection, and all of four, who was never seen.
    assert (brigade["tokens_before_detection"], brigade["median_tokens_before_detection"]) == (17, 8.5)


def test_a_cluster_is_flagged_by_half_of_its_members_and_judged_by_all(
    small: Home, snapshot: Snapshot
) -> None:
    (brigade,) = score(snapshot, find_world(small, None)).clusters
    assert (brigade["groups"], brigade["groups_found"]) == (1, 1)
    assert (brigade["members"], brigade["members_held"], brigade["member_recall"]) == (4, 3, 0.75)
    assert brigade["member_precision"] == 0.75
    assert (brigade["clusters_flagged"], brigade["cluster_precision"]) == (1, 1)
    # Two more strangers, and two members not hit: no longer half.
    change(small, "update features.feat_account_networks set cluster_id = 'one' where account_id like 'vic%'")
    change(small, "delete from signals.signal_subjects where account_id in ('three', 'stranger')")
    (missed,) = score(snapshot, find_world(small, None)).clusters
    assert (missed["groups_found"], missed["members_held"], missed["clusters_flagged"]) == (0, 0, 0)
    # A ban that holds counts like a hit, one that was lifted does not.
    change(small, "insert into intermediate.int_account_bans values ('stranger', now(), false)")
    assert score(snapshot, find_world(small, None)).clusters[0]["clusters_flagged"] == 0
    change(small, "insert into intermediate.int_account_bans values ('victim_1', now(), true)")
    (again,) = score(snapshot, find_world(small, None)).clusters
    # Three of six members are of the brigade: not most.
    assert (again["groups_found"], again["clusters_flagged"], again["cluster_precision"]) == (1, 1, 0)


def test_who_was_banned_already_is_known_and_who_came_back_evades(small: Home, snapshot: Snapshot) -> None:
    world = find_world(small, None)
    key = quoted(world / "sealed" / "answer_key.parquet")
    with connect() as connection:
        connection.execute(f"create table answer_key as from {key}")
        connection.execute(
            "update answer_key set role = 'already_banned' where subject_id = 'four'; "
            "update answer_key set harm_type = 'ban_evasion' where subject_id in ('one', 'four')"
        )
        connection.execute(f"copy answer_key to {key}")
    change(small, "update signals.signal_definitions set harm_type = 'ban_evasion'")
    change(small, "update enforcement.risk_scores set is_above_escalation = true where subject_id = 'three'")
    change(small, "insert into enforcement.risk_scores values ('account', 'four', 9, true, '[]')")
    # Accused of evasion: one, who does that; two and three, who do not; a stranger. Four is known.
    brigade = score(snapshot, world).actors[0]
    assert (brigade["subjects"], brigade["accused"], brigade["precision"]) == (3, 4, 0.25)
    # Four was banned before the others came, so they have come back.
    change(small, "insert into intermediate.int_account_bans values ('four', timestamptz '2026-04-01', true)")
    brigade = score(snapshot, world).actors[0]
    assert (brigade["accused"], brigade["precision"]) == (4, 0.75)
    (cluster,) = score(snapshot, world).clusters
    assert (cluster["clusters_flagged"], cluster["cluster_precision"]) == (1, 1)


def test_reviews_score_a_snapshot_without_any_key(run: Callable[..., Result], tmp_path: Path) -> None:
    found = json.loads(run("--reviews", "--json").stdout)
    (row,) = found["signals"]
    assert (row["signal_id"], row["precision"], row["recall"], row["bits"]) == ("sig_target", 0.75, 0.9, 3.2)
    said = run("--reviews", "--page", str(tmp_path / "score.html"))
    page = (tmp_path / "score.html").read_text(encoding="utf-8")
    # Of three found violating for harassment two were hit; of two not led to by a signal, one.
    for shown in ("75% (30%–95%)", "67% (21%–94%)", "50% (9%–91%)"):
        assert shown in said.stdout and shown in page
    assert "<script src" not in page and "http://" not in page
    assert run("--reviews", "--require").exit_code == 2


def test_reviews_tell_what_was_missed_of_each_policy_and_who_was_hit_wrongly(
    run: Callable[..., Result],
) -> None:
    found = json.loads(run("--reviews", "--json").stdout)
    harassment, servers = found["violating"]
    assert (harassment["kind"], harassment["subjects"], harassment["hit"]) == ("harassment", 3, 2)
    assert (harassment["found_otherwise"], harassment["otherwise_share_hit"]) == (2, 0.5)
    assert harassment["above_escalation"] == 2
    wilson = binomtest(2, 3).proportion_ci(method="wilson")
    assert harassment["share_hit_lower"] == pytest.approx(wilson.low, abs=1e-4)
    # Ten of one's tokens before the hit a day after the first of them, and four's, who was never hit.
    assert (harassment["tokens_before_detection"], harassment["median_days_to_detection"]) == (17, 1)
    assert (servers["kind"], servers["hit"], servers["tokens_before_detection"]) == ("none", 1, None)
    (benign,) = found["benign"]
    assert (benign["kind"], benign["subjects"], benign["hit"]) == ("proactive", 2, 1)
    assert (benign["above_escalation"], benign["median_days_to_detection"]) == (0, None)


def test_the_page_shows_what_the_table_shows(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("--page", str(tmp_path / "score.html")).exit_code == 0
    page = (tmp_path / "score.html").read_text(encoding="utf-8")
    assert "harassment_brigade" in page and "75% (30%–95%)" in page
    assert "<script src" not in page and "http://" not in page


def test_help_offered_finds_nobody_and_accuses_nobody(small: Home, snapshot: Snapshot) -> None:
    fiction, victims = score(snapshot, find_world(small, None)).lookalikes
    assert (victims["kind"], victims["hit"], victims["supported"]) == ("victims_seeking_help", 0, 2)
    assert victims["signals"] == ["sig_help 2"]
    assert (fiction["hit"], fiction["above_escalation"], fiction["highest_bits"]) == (1, 0, 1.5)


def test_a_signal_counts_subjects_once_whatever_its_rows(small: Home, snapshot: Snapshot) -> None:
    result = score(snapshot, find_world(small, None))
    target = next(row for row in result.signals if row["signal_id"] == "sig_target")
    assert (target["actors"], target["lookalikes"], target["others"]) == (3, 1, 1)
    assert target["precision"] == 0.6
    silent = next(row for row in result.signals if row["signal_id"] == "sig_silent")
    assert (silent["subjects"], silent["precision"]) == (0, None)
    assert result.others == {"hit": 1, "above_escalation": 1}


def test_require_fails_for_an_actor_kind_that_nobody_found(small: Home, run: Callable[..., Result]) -> None:
    assert run("--require").exit_code == 0
    change(small, "delete from signals.signals where subject_type = 'mcp_server'")
    assert run().exit_code == 0
    failed = run("--require")
    assert failed.exit_code == 1
    assert "No signal found any mcp_poisoned." in failed.stderr


def test_require_fails_for_a_lookalike_above_escalation(small: Home, run: Callable[..., Result]) -> None:
    change(small, "update enforcement.risk_scores set is_above_escalation = true where subject_id = 'writer'")
    failed = run("--require")
    assert failed.exit_code == 1
    assert "1 of 1 fiction_writers stand above escalation." in failed.stderr


def test_the_table_fits_eighty_columns_and_json_says_the_same(run: Callable[..., Result]) -> None:
    shown = run().stdout
    assert max(len(line) for line in shown.splitlines()) <= 80
    assert "75% (30%–95%)" in shown
    document = json.loads(run("--json").stdout)
    assert [row["kind"] for row in document["kinds"]] == [
        "harassment_brigade",
        "mcp_poisoned",
        "fiction_writers",
        "victims_seeking_help",
    ]


def test_a_snapshot_of_another_world_is_refused(small: Home, snapshot: Snapshot) -> None:
    # The same ids, but signed up at another time.
    change(
        small,
        "update features.feat_account_networks set account_created_at = account_created_at + interval 1 day",
    )
    with pytest.raises(MissingInput, match="was not built from"):
        score(snapshot, find_world(small, None))


def test_without_a_world_or_with_two_the_next_step_is_named(small: Home) -> None:
    with pytest.raises(MissingInput, match="scaup world"):
        find_world(Home(small.root / "elsewhere"), None)
    with pytest.raises(MissingInput, match="No made world in"):
        find_world(small, small.root)


def test_the_published_world_s_meets_what_the_score_requires(built_home: Home, world_s: Path) -> None:
    words = ["--home", str(built_home.root), "score", "--world", str(world_s), "--require"]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
