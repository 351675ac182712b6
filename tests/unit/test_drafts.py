"""`scaup new signal` writes three places or none, and what it writes is fit to be filled in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from scaup.cli import cli
from scaup.drafts import draft_signal
from scaup.errors import UsageError


@pytest.fixture
def copy(project: Path, tmp_path: Path) -> Path:
    """The checkout's signals and features, to write into."""
    for folder in ("signals", "features"):
        shutil.copytree(project / "models" / "marts" / folder, tmp_path / "models" / "marts" / folder)
    shutil.copy(project / "dbt_project.yml", tmp_path)
    return tmp_path


def test_a_signal_is_two_files_and_one_line(copy: Path):
    draft = draft_signal(copy, "sig_many_questions", "feat_account_weeks")
    assert 'ref("feat_account_weeks")' in draft.sql.read_text()
    assert draft.sql.read_text().startswith("{% set thresholds = {")
    (model,) = yaml.safe_load(draft.yml.read_text())["models"]
    assert model["name"] == "sig_many_questions"
    lines = [
        line.strip() for line in draft.union.read_text().splitlines() if line.strip().startswith('"sig_')
    ]
    assert '"sig_many_questions",' in lines and lines == sorted(lines)


def test_a_name_may_leave_out_what_all_begin_with_and_the_feature_that_most_judge(
    copy: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SCAUP_PROJECT", str(copy))
    done = CliRunner().invoke(cli, ["new", "signal", "many_questions"])
    assert done.exit_code == 0, done.output
    written = copy / "models/marts/signals/sig_many_questions.sql"
    assert 'ref("feat_account_weeks")' in written.read_text()


def test_a_draft_says_all_that_a_shipped_signal_says(copy: Path, project: Path):
    draft = draft_signal(copy, "sig_many_questions", "feat_account_weeks")
    shipped = yaml.safe_load((copy / "models/marts/signals/sig_support_needed.yml").read_text())
    (ours,), (theirs,) = yaml.safe_load(draft.yml.read_text())["models"], shipped["models"]
    assert list(ours["config"]["meta"]) == list(theirs["config"]["meta"])
    assert [column["name"] for column in ours["columns"]] == [column["name"] for column in theirs["columns"]]


@pytest.mark.parametrize(
    ("name", "feature", "words"),
    [
        ("Many questions", "feat_account_weeks", "no name for a signal"),
        ("sig_", "feat_account_weeks", "no name for a signal"),
        ("sig_../../etc", "feat_account_weeks", "no name for a signal"),
        ("sig_support_needed", "feat_account_weeks", "is there already"),
        ("sig_many_questions", "feat_acount_weeks", "Did you mean 'feat_account_weeks'"),
    ],
)
def test_what_cannot_be_written_is_said_and_nothing_is_written(
    copy: Path, name: str, feature: str, words: str
):
    before = sorted(path.read_bytes() for path in copy.rglob("*.*") if path.is_file())
    with pytest.raises(UsageError, match=words):
        draft_signal(copy, name, feature)
    assert sorted(path.read_bytes() for path in copy.rglob("*.*") if path.is_file()) == before


def test_the_command_prints_the_files_and_the_next_step(copy: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCAUP_PROJECT", str(copy))
    words = ["new", "signal", "sig_many_questions", "--from", "feat_account_weeks"]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == "models/marts/signals/sig_many_questions.sql"
    assert "BLANK" in done.stderr
