"""Golden reports, byte for byte. How to renew them stands in golden_report.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden_report import FOLDER, SUFFIXES, rendered

from scaup.linting import lint


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return rendered(tmp_path_factory.mktemp("golden"))


@pytest.mark.parametrize("suffix", SUFFIXES.values())
def test_a_report_is_the_golden_one_to_the_byte(now: dict[str, bytes], suffix: str) -> None:
    golden, written = (FOLDER / f"report{suffix}").read_bytes(), now[f"report{suffix}"]
    if golden != written:
        pairs = zip(golden.splitlines(), written.splitlines(), strict=False)
        line, (before, after) = next((n, pair) for n, pair in enumerate(pairs, 1) if pair[0] != pair[1])
        pytest.fail(
            f"report{suffix}, line {line}:\n  was {before[:300]!r}\n  is  {after[:300]!r}\n"
            "If that was meant: python tests/end_to_end/golden_report.py, and read the difference."
        )


@pytest.mark.parametrize("suffix", [".html", ".md"])
def test_a_golden_report_argues_as_it_should(suffix: str) -> None:
    assert lint(Path(FOLDER / f"report{suffix}")) == []
