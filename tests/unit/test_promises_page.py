"""One page with every promise, its figures, its date and its command."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

REPORT = """<testsuites><testsuite timestamp="2026-11-22T18:00:00+00:00">
<testcase classname="tests.unit.test_kills" name="a" time="60.4"><properties>
<property name="kills" value="20"/><property name="bad_reads" value="0"/></properties></testcase>
<testcase classname="tests.unit.test_kills" name="b" time="30"><properties>
<property name="kills" value="1980"/><property name="bad_reads" value="0"/></properties></testcase>
<testcase classname="tests.unit.test_determinism" name="c" time="1"><failure message="no"/></testcase>
<testcase classname="tests.unit.test_other" name="d" time="1"/>
</testsuite></testsuites>"""


def renew(project: Path, home: Path, *words: str) -> tuple[int, str, dict[str, dict[str, object]]]:
    done = subprocess.run(
        [sys.executable, "benchmarks/promises.py", *words],
        cwd=project,
        env={**os.environ, "SCAUP_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads((home / "promises" / "promises.json").read_text())
    page = (home / "promises" / "promises.html").read_text()
    return done.returncode, page, {row["promise"]: row for row in told["suite"]}


def test_a_run_of_the_tests_renews_the_page_with_what_they_told(project: Path, tmp_path: Path) -> None:
    (tmp_path / "suite.xml").write_text(REPORT)
    code, page, rows = renew(project, tmp_path, "--suite", str(tmp_path / "suite.xml"))
    assert code == 1  # one promise does not hold
    (kills,) = [row for row in rows.values() if row["command"] == "pytest tests/unit/test_kills.py"]
    assert kills["figures"] == {"tests": 2, "failed": 0, "kills": 2000, "bad_reads": 0}
    assert kills["holds"] and kills["seconds"] == 90 and kills["measured_at"] == "2026-11-22T18:00+00:00"
    assert [row["holds"] for row in rows.values()] == [True, False]
    assert "kills 2,000" in page and "2026-11-22 18:00" in page and "1 of 2 promises held" in page


def test_every_promise_has_a_command_or_tests_that_exist(project: Path) -> None:
    source = (project / "benchmarks" / "promises.py").read_text()
    named = set(re.findall(r"(?:benchmarks|tests)/[\w/]+\.py", source))
    assert len(named) > 15
    assert [name for name in named if not (project / name).is_file()] == []
