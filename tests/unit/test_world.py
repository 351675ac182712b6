"""The made world: whole, deterministic, fit for the contract, and silent about who is who."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from scaup.cli import cli
from scaup.contract import read_contract
from scaup.errors import UsageError
from scaup.home import Home
from scaup.ingest import ingest
from scaup.lake import manifests
from scaup.warehouse import connect, identifier, quoted
from scaup.world import World, WorldFailed, WorldPlan, make_world, read_world

PLANTED = {
    "distillation_hydra": 40,
    "sextortion_script": 8,
    "trafficking_recruitment": 6,
    "ibsa_ring": 10,
    "harassment_brigade": 15,
    "ban_evader": 24,
    "copyright_abuser": 1,
    "mcp_poisoned": 1,
    "evaluation_team": 6,
    "contracted_reseller": 40,
    "university_nat": 120,
    "hackathon": 60,
    "outreach_agency": 5,
    "fiction_writers": 20,
    "victims_seeking_help": 15,
    "release_reviewed": 4,
    "new_sender": 3,
}
ACTORS = tuple(PLANTED)[:8]


@pytest.fixture(scope="module")
def lake(built_home: Home, world_s: Path) -> duckdb.DuckDBPyConnection:
    """World s as ingest stored it: one view per raw table, and the sealed tables."""
    connection = connect()
    for table in read_contract().tables:
        files = quoted(built_home.lake / "*" / table.name / "**" / "*.parquet")
        name = identifier(table.name)
        connection.execute(f"create view {name} as from read_parquet({files}, hive_partitioning = false)")
    for path in (world_s / "sealed").glob("*.parquet"):
        connection.execute(f"create view {identifier(path.stem)} as from read_parquet({quoted(path)})")
    return connection


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return connection.execute(query).fetchall()


def value(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    found: float = connection.execute(query).fetchall()[0][0]
    return found


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_seed_makes_the_same_bytes_whatever_the_threads(world_s: Path, tmp_path: Path) -> None:
    again = make_world(WorldPlan("s", 7), tmp_path / "again", read_contract(), threads=1)
    assert digests(again.folder) == digests(world_s)


@pytest.fixture(scope="module")
def other_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """World s of another seed, with more extraction; of this seed no enforcement action is sent twice."""
    folder = tmp_path_factory.mktemp("other") / "s-201"
    return make_world(WorldPlan("s", 201, attacker_mix=0.6), folder, read_contract())


def test_another_seed_makes_another_world(world_s: Path, other_world: World) -> None:
    here, there = digests(world_s), digests(other_world.folder)
    same = {name for name, digest in here.items() if there.get(name) == digest}
    # Vendors, classifiers, releases: facts that are not drawn.
    facts = {
        "vendors",
        "vendor_terms",
        "classifiers",
        "model_releases",
        "evals",
        "eval_runs",
        "eval_findings",
        "precedents",
    }
    assert {name.split("/")[1] for name in same} <= facts


def test_nothing_is_sent_as_a_file_without_rows(
    world_s: Path, other_world: World, tmp_path: Path, project: Path
) -> None:
    assert (world_s / "raw" / "enforcement_actions" / "sent_again.jsonl.gz").exists()
    actions = other_world.raw / "enforcement_actions"
    assert [path.name for path in actions.iterdir()] == ["enforcement_actions.jsonl.gz"]
    totals = ingest([other_world.raw], Home(tmp_path), project=project).totals
    assert {name: counts["read"] for name, counts in totals.items()} == other_world.rows


def test_the_attacker_mix_is_the_share_of_requests_that_extract(other_world: World) -> None:
    with connect() as connection:
        key = quoted(other_world.sealed / "answer_key.parquet")
        requests = quoted(other_world.raw / "requests" / "*.parquet")
        connection.execute(f"create view key as from read_parquet({key})")
        connection.execute(f"create view requests as from read_parquet({requests})")
        # What extracts, writes up to the limit.
        extracting = value(
            connection,
            """
            select avg((output_tokens >= 3946)::integer)
            from requests
            semi join key on key.subject_id = requests.account_id and kind = 'distillation_hydra'
            where status = 200 and not refused
            """,
        )
    assert extracting == pytest.approx(other_world.plan.attacker_mix, abs=0.02)


def test_an_equal_world_is_reused_and_nothing_else_is_overwritten(tmp_path: Path, world_s: Path) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "thesis.txt").write_text("the only copy")
    with pytest.raises(UsageError, match="something else than a world"):
        make_world(WorldPlan("s", 7), folder, read_contract(), force=True)
    assert (folder / "thesis.txt").read_text() == "the only copy"

    shutil.copytree(world_s, tmp_path / "copy")
    reused = make_world(WorldPlan("s", 7), tmp_path / "copy", read_contract())
    assert reused.reused
    with pytest.raises(UsageError, match="another world"):
        make_world(WorldPlan("s", 9), tmp_path / "copy", read_contract())
    assert not list(tmp_path.glob(".*"))


def test_the_command_prints_the_folder_to_ingest_and_says_that_it_was_there(
    world_s: Path, tmp_path: Path
) -> None:
    shutil.copytree(world_s, tmp_path / "worlds" / "s-7")
    done = CliRunner().invoke(cli, ["--home", str(tmp_path), "world", "--size", "s", "--seed", "7"])
    assert done.exit_code == 0
    assert done.stdout.strip() == str(tmp_path / "worlds" / "s-7" / "raw")
    assert "is there already" in done.stderr


def test_a_world_that_does_not_fit_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(WorldFailed, match="nothing was written"):
        make_world(WorldPlan("s", 7), tmp_path / "worlds" / "s-7", read_contract(), memory_limit="12MiB")
    assert list((tmp_path / "worlds").iterdir()) == []


def test_every_raw_table_has_rows_and_every_row_fits_the_contract(built_home: Home, world_s: Path) -> None:
    world = read_world(world_s)
    assert world is not None
    # What other publishers print is no provider's data: it comes in through its adapters alone.
    assert set(world.rows) == {table.name for table in read_contract().tables} - {"published_figures"}
    assert min(world.rows.values()) > 0
    (load,) = manifests(built_home)
    assert sum(file["rows_quarantined"] for file in load["files"]) == 0
    read: dict[str, int] = {}
    for file in load["files"]:
        read[file["table"]] = read.get(file["table"], 0) + file["rows_read"]
    assert read == world.rows


def test_every_reference_is_to_something_that_is_there(lake: duckdb.DuckDBPyConnection) -> None:
    dangling = {}
    for table in read_contract().tables:
        for column in table.columns:
            if column.references:
                other, key = column.references
                query = (
                    f"from {identifier(table.name)} as here anti join {identifier(other)} as there "
                    f"on here.{identifier(column.name)} = there.{identifier(key)} "
                    f"select count(*) where here.{identifier(column.name)} is not null"
                )
                if missing := value(lake, query):
                    dangling[f"{table.name}.{column.name}"] = missing
    assert dangling == {}


def test_all_kinds_are_planted_in_the_numbers_agreed(lake: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        lake,
        "select kind, min(role), count(*), count(distinct subject_id) from answer_key group by kind",
    )
    assert {kind: count for kind, _, count, _ in found} == PLANTED
    assert {kind for kind, role, _, _ in found if role == "actor"} == set(ACTORS)
    assert all(count == distinct for _, _, count, distinct in found)


def test_raw_files_do_not_say_who_is_who(lake: duckdb.DuckDBPyConnection) -> None:
    words = [*PLANTED, "lookalike", "hydra", "sealed", "planted", "poisoned"]
    words += [word.replace("_", "-") for word in PLANTED]
    for table in read_contract().tables:
        texts = [identifier(column.name) for column in table.columns if column.type == "varchar"]
        telling = lake.execute(
            f"from {identifier(table.name)} "
            f"select regexp_extract(lower(concat_ws(' ', {', '.join(texts)})), $pattern) as word, count(*) "
            "where word <> '' group by word",
            {"pattern": "|".join(words)},
        ).fetchall()
        assert not telling, table.name


def test_numbers_of_accounts_follow_sign_up_and_nothing_else(lake: duckdb.DuckDBPyConnection) -> None:
    assert (
        value(
            lake,
            """
        select count(*) from (
            select created_at < lag(created_at) over (order by account_id) as is_earlier
            from (select account_id, min(created_at) as created_at from accounts group by account_id)
        ) where is_earlier
        """,
        )
        == 0
    )


def test_nothing_happens_or_is_recorded_after_the_last_day(lake: duckdb.DuckDBPyConnection) -> None:
    for table in read_contract().tables:
        if table.name == "published_figures":
            continue
        assert value(
            lake,
            f"from {identifier(table.name)} select max(recorded_at) < timestamptz '2026-06-01 00:10:00+00'",
        ), table.name


def test_no_account_of_the_cluster_stands_out_by_volume(lake: duckdb.DuckDBPyConnection) -> None:
    lake.execute(
        """
        create or replace temp view cluster_days as
        select account_id, occurred_at::date as day, count(*) as requests
        from requests semi join answer_key on subject_id = account_id and kind = 'distillation_hydra'
        group by all
        """
    )
    assert value(lake, "select max(requests) from cluster_days") < 250
    # Handed out evenly: far less spread than chance would give.
    dispersion = value(
        lake,
        """
        select median(dispersion)
        from (select var_samp(requests) / avg(requests) as dispersion from cluster_days group by day)
        """,
    )
    assert dispersion < 0.5


def test_half_of_the_cluster_moves_to_the_new_model_within_a_day(lake: duckdb.DuckDBPyConnection) -> None:
    share = value(
        lake,
        """
        select avg((model_version = 'model-c')::integer)
        from requests semi join answer_key on subject_id = account_id and kind = 'distillation_hydra'
        where
            occurred_at >= timestamptz '2026-05-02 09:00:00+00'
            and occurred_at < timestamptz '2026-05-05 00:00:00+00'
        """,
    )
    assert 0.45 < share < 0.65


def test_events_come_late_and_twice_about_one_time_in_a_hundred(
    built_home: Home, lake: duckdb.DuckDBPyConnection
) -> None:
    (load,) = manifests(built_home)
    requests = [file for file in load["files"] if file["table"] == "requests"]
    repeated = sum(file["rows_repeated"] for file in requests) / sum(file["rows_read"] for file in requests)
    assert 0.005 < repeated < 0.02
    late = value(lake, "select avg((recorded_at > occurred_at + interval 12 hour)::integer) from requests")
    assert 0.005 < late < 0.02


def test_work_is_open_at_the_end(lake: duckdb.DuckDBPyConnection) -> None:
    assert value(lake, "select count(*) from review_tasks anti join review_decisions using (task_id)") > 3
    appeals = "(select max(decided_at) as decided_at from appeals group by appeal_id)"
    assert value(lake, f"from {appeals} select count(*) where decided_at is null") > 0
    # And closed work is the rule.
    tasks = "(select bool_or(event = 'decided') as is_decided from task_events group by task_id)"
    assert value(lake, f"from {tasks} select avg(is_decided::integer)") > 0.8


def test_reviewers_err_by_their_skill(lake: duckdb.DuckDBPyConnection) -> None:
    agreement = dict(
        rows(
            lake,
            """
            select error_rate > 0.1, avg((review_decisions.label = truth)::integer)
            from review_decisions join true_labels using (task_id) join reviewer_skills using (reviewer_id)
            where second_of is null and kind <> 'ban_evader'
            group by all
            """,
        )
    )
    assert agreement[False] > agreement[True]


def test_second_decisions_are_by_somebody_else(lake: duckdb.DuckDBPyConnection) -> None:
    second = (
        "from review_decisions as second "
        "join review_decisions as first on second.second_of = first.decision_id"
    )
    assert value(lake, f"{second} select count(*)") > 10
    assert value(lake, f"{second} select count(*) where first.reviewer_id = second.reviewer_id") == 0
    appeals = (
        "from appeals join enforcement_actions using (action_id) join review_decisions using (decision_id)"
    )
    assert (
        value(lake, f"{appeals} select count(*) where appeals.reviewer_id = review_decisions.reviewer_id")
        == 0
    )


def test_banned_accounts_fall_silent_and_their_operators_return(lake: duckdb.DuckDBPyConnection) -> None:
    lake.execute(
        """
        create or replace temp view bans as
        select subject_id as account_id, min(applied_at) as banned_at
        from enforcement_actions join action_effects using (action_id)
        semi join answer_key on answer_key.subject_id = enforcement_actions.subject_id and kind = 'ban_evader'
        where type = 'terminate' and policy_id = 'spam'
        group by subject_id
        """
    )
    assert value(lake, "select count(*) from bans") == 12
    assert (
        value(
            lake,
            """
        select count(*) from requests join bans using (account_id)
        where occurred_at > banned_at + interval 30 minute
        """,
        )
        == 0
    )
    # Each returns within 20 days on the same device.
    assert (
        value(
            lake,
            """
        select count(distinct old.account_id)
        from bans join logins as old using (account_id)
        join logins as new on new.device_id = old.device_id and new.account_id <> old.account_id
        join accounts on accounts.account_id = new.account_id
            and created_at >= banned_at and created_at < banned_at + interval 21 day
        """,
        )
        >= 10
    )


def test_uploads_of_a_ring_are_as_near_to_the_list_as_their_matches_say(
    lake: duckdb.DuckDBPyConnection,
) -> None:
    hexadecimal = [(1, 15), (16, 15), (31, 15), (46, 15), (61, 4)]
    distance = " + ".join(
        f"bit_count(xor(('0x' || pdq_hex[{start}:{start + length - 1}])::bigint, "
        f"('0x' || value[{start}:{start + length - 1}])::bigint))::bigint"
        for start, length in hexadecimal
    )
    wrong = value(
        lake,
        "from hash_matches join content_objects using (content_id) "
        "join hash_entries using (list_id, entry_id) "
        f"select count(*) filter (distance <> {distance}) where list_id = 'ncii_exchange'",
    )
    assert wrong == 0


# A look-alike that shares nothing with its actor would be told apart by anything.
LIKENESSES = {
    "evaluation_team asks for reasoning more than the cluster does": """
        select avg(is_reasoning) filter (kind = 'evaluation_team')
            > avg(is_reasoning) filter (kind = 'distillation_hydra')
        from (
            select kind, (task_label in ('reasoning_trace', 'rubric_grading'))::integer as is_reasoning
            from requests join answer_key on subject_id = account_id
        )
    """,
    "contracted_reseller hands out as evenly": """
        select median(dispersion) < 0.5
        from (
            select var_samp(request_count) / avg(request_count) as dispersion
            from (
                select account_id, occurred_at::date as day, count(*) as request_count
                from requests semi join answer_key on subject_id = account_id and kind = 'contracted_reseller'
                group by account_id, day
            )
            group by day
        )
    """,
    "university_nat puts dozens behind one prefix": """
        select max(account_count) >= 50
        from (
            select count(distinct account_id) as account_count
            from logins semi join answer_key on subject_id = account_id and kind = 'university_nat'
            group by ip_prefix_hmac
        )
    """,
    "hackathon signs up in a weekend and shares a template": """
        select max(account_count) >= 40
        from (
            select count(distinct account_id) as account_count
            from requests semi join answer_key on subject_id = account_id and kind = 'hackathon'
            group by template_hash
        )
    """,
    "outreach_agency fills one template for many places": """
        select max(place_count) >= 5 and max(slot_count) >= 6
        from (
            select count(distinct place_code) as place_count, count(distinct slot_hash) as slot_count
            from requests semi join answer_key on subject_id = account_id and kind = 'outreach_agency'
            group by template_hash, date_trunc('week', occurred_at)
        )
    """,
    "fiction_writers score as threats": """
        select avg(fires::integer) > 0.8
        from (
            select bool_or(fired) as fires
            from classifier_scores
            semi join answer_key on subject_id = account_id and kind = 'fiction_writers'
            where classifier_id = 'threat'
            group by account_id
        )
    """,
    "victims_seeking_help score as threats to minors": """
        select count(*) >= 3
        from (
            select account_id
            from classifier_scores
            semi join answer_key on subject_id = account_id and kind = 'victims_seeking_help'
            where classifier_id in ('threat', 'minor_indicator') and fired
            group by account_id
            having count(distinct classifier_id) = 2
        )
    """,
    "release_reviewed changes what a server says": """
        select count(*) = 4
        from (
            select server_id
            from mcp_versions semi join answer_key on subject_id = server_id and kind = 'release_reviewed'
            group by server_id
            having count(distinct description_hash) > 1 and count(distinct tools_hash) > 1
        )
    """,
    "new_sender is wrong at times": """
        select count(*) > 0
        from notice_targets
        join copyright_notices using (notice_id)
        semi join answer_key on subject_id = sender_id and kind = 'new_sender'
        where reason = 'false_assertion'
    """,
}


@pytest.mark.parametrize("likeness", LIKENESSES)
def test_lookalikes_look_alike(likeness: str, lake: duckdb.DuckDBPyConnection) -> None:
    assert value(lake, LIKENESSES[likeness])
