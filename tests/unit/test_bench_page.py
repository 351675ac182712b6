"""The page of `make bench`: every benchmark's figures beside its peer and floor, and what failed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

HOSTILE = "<script>alert(1)</script>"
TELLING = f"""
import sys
from figures import tell
tell("a case", "ours", "scaup", 2.0, 1.5, 100.0)
tell("a case", "{HOSTILE}", "peer", 5.0, float("inf"), note="stopped")
tell("a case", "floor", "floor", 1.0)
tell(sys.argv[2], "ours", "scaup", 3.0)
"""


def bench(project: Path, home: Path, scripts: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The benchmarks' runner, with the scripts of another folder."""
    code = f"""import bench
from pathlib import Path
bench.BENCHMARKS = (
    ("One", "told.py --home {{home}}", ""), ("Two", "fails.py", ""), ("Three", "x.py", "no_such")
)
bench.SCRIPTS = Path({str(scripts)!r})
bench.main()"""
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        env={**os.environ, "SCAUP_HOME": str(home), "PYTHONPATH": f"{project}/benchmarks:{project}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_figures_stand_beside_those_of_peers_and_what_fails_is_named(tmp_path: Path, project: Path) -> None:
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "told.py").write_text(
        f"import sys; sys.path.insert(0, {str(project / 'benchmarks')!r})\n{TELLING}"
    )
    (scripts / "fails.py").write_text("raise SystemExit('the disk is full')")
    done = bench(project, tmp_path, scripts, "--size", "m", "--home", "one's own home")
    assert done.returncode == 1
    assert "FAILED: the disk is full" in done.stdout
    assert "FAILED: no_such not installed: pip install -e '.[bench]'" in done.stdout
    told = json.loads((tmp_path / "bench" / "bench.json").read_text())
    assert [row["failed"] for row in told["rows"]] == [
        "", "the disk is full", "no_such not installed: pip install -e '.[bench]'"
    ]  # fmt: skip
    assert [one["cpu"] for one in told["rows"][0]["figures"]] == [1.5, None, None, None]
    assert told["rows"][0]["figures"][3]["case"] == "one's own home"
    page = (tmp_path / "bench" / "bench.html").read_text()
    assert HOSTILE not in page and "&lt;script&gt;alert(1)" in page
    cells = re.findall(r'<td class="number">([^<]*)</td>', page)
    assert cells[:5] == ["2.000", "1.00", "1.500", "1.00", "100"]
    assert cells[5:10] == ["5.000", "2.50", "", "", ""]
    assert "<svg" in page

    assert page.count(f"at revision\n{told['rows'][0]['revision']},") == 3
    kept = tmp_path / "bench" / "bench.json"
    kept.write_text(json.dumps({**told, "rows": [{**row, "revision": "earlier"} for row in told["rows"]]}))

    again = bench(project, tmp_path, scripts, "told.py", "--home", "h")
    assert again.returncode == 0, again.stderr
    rows = json.loads(kept.read_text())["rows"]
    assert [row["revision"] == "earlier" for row in rows] == [False, True, True], "the others stay"
    assert json.loads(kept.read_text())["size"] == "m", "the page's, if none is named"
    assert "There are: told.py, fails.py, x.py" in bench(project, tmp_path, scripts, "nothing").stderr


def test_every_benchmark_that_is_run_is_there_and_tells_its_figures(project: Path) -> None:
    source = (project / "benchmarks" / "bench.py").read_text()
    scripts = set(re.findall(r'"(bench_\w+\.py)', source))
    assert len(scripts) >= 8
    silent = [name for name in scripts if "tell(" not in (project / "benchmarks" / name).read_text()]
    assert not silent
