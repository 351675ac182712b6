"""`scaup ach`: the three tables on a terminal, in Markdown, in a page and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from door import scaup

TABLE = """\
evidence,grade,Ring,<b>Office</b> (benign)
Same \x1b[31mcard,B2,C,II
"<script>alert(1)</script>, =1+1",A1,I,C
"""


def test_every_format_shows_the_same_and_obeys_nothing(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_text(TABLE)
    done = scaup(tmp_path, "ach", path)
    for words in (
        "Hypotheses, the least contradicted first",
        "H1 = Ring",
        "\\x1b[31mcard",
        "diagnosticity",
    ):
        assert words in done.stdout
    assert "Least contradicted: Ring." in done.stderr and "\x1b" not in done.stdout + done.stderr
    assert "Another would lead without any one of these: Same \\x1b[31mcard." in done.stderr
    for suffix in ("md", "html", "json"):
        scaup(tmp_path, "ach", path, "--out", tmp_path / f"some.{suffix}")
    page = (tmp_path / "some.html").read_text()
    assert page.count("<script") == 1 and "&lt;script&gt;" in page and "<b>Office" not in page
    assert 'title="strongly inconsistent"' in page and 'title="usually reliable; likely to be true"' in page
    assert "\\<script\\>" in (tmp_path / "some.md").read_text()
    facts = json.loads((tmp_path / "some.json").read_text())
    assert facts["leaders"] == ["Ring"] and facts["hypotheses"][0]["inconsistency"] == 1


def test_a_table_without_a_benign_hypothesis_is_asked_for_one(tmp_path: Path) -> None:
    (tmp_path / "some.csv").write_text("evidence,a,b\nx,C,I\n")
    done = scaup(tmp_path, "ach", tmp_path / "some.csv")
    assert "No hypothesis is marked (benign)" in done.stderr
    assert "--format" in scaup(tmp_path, "ach", tmp_path / "some.csv", "--out", "x.xyz", expect=2).stderr
