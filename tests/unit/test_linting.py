"""What the linter finds in a report, and what it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from door import scaup

from scaup.errors import MissingInput, UsageError
from scaup.home import find_project
from scaup.judgments import UnfitJudgment, judgments_in, read_judgment, to_html, to_markdown
from scaup.lexicon import BANDS, band_of, hedge_in
from scaup.linting import lint, lint_text

END = "\n## Benign explanations\n\nA shared office.\n\n## What would change our mind?\n\nA contract.\n"
JUDGED = "It is likely that one person runs them (exhibit 3, B2).\nConfidence in this is moderate.\n"
BLOCK = """\
```judgment
statement: One operator runs the accounts.
likelihood: very likely
confidence: moderate
basis: [exhibit 1 (A1), "Partner notice (C3)"]
because: Devices were rotated.
alternatives: [A reseller.]
would_change: A contract.
```
"""


def rules(text: str, suffix: str = ".md") -> list[tuple[int, str]]:
    return [(found.line, found.rule) for found in lint_text(text, suffix)]


def test_a_report_that_argues_well_has_nothing_to_mend() -> None:
    assert rules(f"# A report\n\n{JUDGED}\n{BLOCK}{END}") == []


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("This is probably one person.", "outside-lexicon"),
        ("Possibly it is.", "outside-lexicon"),
        ("It cannot be ruled out.", "outside-lexicon"),
        ("It is certainly so.", "outside-lexicon"),
        ("This may well be so.", "outside-lexicon"),
    ],
)
def test_words_outside_the_lexicon_are_found_with_what_to_write_instead(words: str, rule: str) -> None:
    [found] = lint_text(f"Plain.\nTwo lines. {words}\n{END}", ".md")
    assert (found.line, found.rule) == (2, rule)
    assert "%" in found.suggestion


def test_words_inside_the_lexicon_and_other_words_are_not() -> None:
    assert rules(f"A household may share it. It is improbableness. Unlike that.\n{END}") == []
    almost = "It is almost certainly so (exhibit 1, A1). Confidence is high.\n"
    assert rules(almost + END) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is likely so. Confidence is low.", ["uncited"]),
        ("It is likely so (exhibit 3). Confidence is low.", ["ungraded"]),
        ("It is likely so (exhibit 3, B2).", ["no-confidence"]),
        ("It is likely so.", ["no-confidence", "uncited"]),
        ("We say with high confidence that it is likely (source 1, A2).", ["mixed"]),
        ("It is likely so, and we are confident (S1, A2).", ["mixed"]),
        ("It is likely so (S1, A2). Confidence is high.", []),
        ("It is likely so [1] (A2). Our confidence in this is high, for two reasons.", []),
        ("It is likely, or even probable (S1, A2). Confidence is low.", ["mixed-terms"]),
    ],
)
def test_a_judgment_has_a_source_a_grade_and_a_confidence_of_its_own(text: str, expected: list[str]) -> None:
    assert [rule for _, rule in rules(text + "\n" + END)] == expected


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Words.\n## What would change our mind?\n\nA contract.\n", "missing-benign"),
        ("Words.\n## Benign explanations\n\nAn office.\n", "missing-change"),
        ("## Benign explanations\n\n## What would change our mind?\n\nA contract.\n", "missing-benign"),
        ("## Benign explanations\n\nAn office.\n\n## What would change our mind?\n", "missing-change"),
    ],
)
def test_the_parts_that_every_argument_has_are_there_and_not_empty(text: str, rule: str) -> None:
    assert [found for _, found in rules(text)] == [rule]


def test_data_is_not_argument() -> None:
    data = "| note |\n| --- |\n| probably likely |\n\n```\nprobably\n```\n\n**Exhibit 1. Probably**\n"
    assert rules(f"{data}{END}\n## Sources\n\n1. **x**: probably likely\n") == []


def test_an_investigations_source_is_read_without_its_templates_and_keeps_its_lines() -> None:
    text = '---\ntitle: likely\n---\n{% if x %}\n{{ table("probably") }}\n{# likely #}\nPerhaps so.\n' + END
    assert rules(text) == [(7, "outside-lexicon")]


PAGE = """<!doctype html><html><head><title>likely</title><style>probably</style></head><body>
<nav class="contents"><ol><li>Is it likely?</li></ol></nav>
<h2>In short</h2>
<p>It is likely.</p>
<figure><table><tr><td>probably</td></tr></table></figure>
<p>It is <b>probably</b> so.</p>
{more}
<h2>Benign explanations</h2><ul><li>An office.</li></ul>
<h2>What would change our mind?</h2><p>A contract.</p>
<section class="sources"><h2>Sources</h2><p>probably</p></section></body></html>
"""


def test_a_page_is_linted_as_its_markdown_is() -> None:
    assert rules(PAGE, ".html") == [(4, "no-confidence"), (4, "uncited"), (6, "outside-lexicon")]
    judged = PAGE.replace("{more}", to_html(read_judgment(BLOCK.split("\n", 1)[1].rsplit("```", 1)[0])))
    assert rules(judged, ".html") == rules(PAGE, ".html")


def test_a_rendered_judgment_has_nothing_to_mend_in_markdown_either() -> None:
    assert rules(to_markdown(judgments_in(BLOCK)[0]) + END) == []


@pytest.mark.parametrize(
    ("line", "instead", "words"),
    [
        ("likelihood: very likely", "likelihood: quite likely", "seven bands"),
        ("likelihood: very likely", "likelihood: 85 %", "seven bands"),
        ("confidence: moderate", "confidence: medium", "low, moderate, high"),
        ("confidence: moderate\n", "", "its confidence"),
        ("would_change: A contract.\n", "", "its would_change"),
        ("exhibit 1 (A1)", "exhibit 1", "Admiralty grade"),
        ("exhibit 1 (A1)", "exhibit 1 (G1)", "Admiralty grade"),
        ("One operator runs", "One operator probably runs", "'probably'"),
        ("One operator runs", "It is likely that one operator runs", "'likely'"),
        ("One operator runs", "One operator may run", "'may'"),
        ("because:", "becuase:", "Did you mean 'because'"),
        ("statement: One", "statement: [One", "no YAML"),
    ],
)
def test_a_judgment_that_lacks_or_mixes_something_says_what(line: str, instead: str, words: str) -> None:
    assert line in BLOCK
    block = BLOCK.replace(line, instead)
    with pytest.raises(UnfitJudgment, match=words):
        judgments_in(block)
    assert [rule for _, rule in rules(f"\n\n{block}{END}")] == ["unfit-judgment"]


def test_a_judgment_names_what_else_could_explain_the_same() -> None:
    assert rules(BLOCK.replace("alternatives: [A reseller.]\n", "") + END) == [(1, "no-alternatives")]


def test_the_seven_bands_meet_without_gap_or_overlap() -> None:
    assert [band.low for band in BANDS[1:]] == [band.high for band in BANDS[:-1]]
    assert (BANDS[0].low, BANDS[-1].high, len(BANDS)) == (1, 99, 7)
    for band in BANDS:
        assert band_of(band.term) == band_of(band.key) == band_of(band.other_term.title()) == band
    assert band_of("somewhat likely") is None
    assert hedge_in("One operator runs them.") is None


TABLE = "evidence,grade,Ring,{benign}\nSame card,B2,C,I\nSame office,{grade},C,C\n"


def test_a_table_of_hypotheses_has_a_benign_one_and_graded_evidence() -> None:
    assert rules(TABLE.format(benign="Office (benign)", grade="C3"), ".csv") == []
    assert rules(TABLE.format(benign="Office", grade=""), ".csv") == [(1, "missing-benign"), (3, "ungraded")]


def test_every_investigation_in_the_checkout_has_nothing_to_mend() -> None:
    for path in sorted((find_project() / "investigations").glob("*.md")):
        assert lint(path) == [], path.name


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="cannot be read"):
        lint(tmp_path / "nothing.md")
    (tmp_path / "x.pdf").write_text("x")
    with pytest.raises(UsageError, match=r"\.md"):
        lint(tmp_path / "x.pdf")


def test_the_command_prints_lines_and_ends_with_one_when_something_is_to_mend(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_text("Probably \x1b[31mred.\n" + END)
    done = scaup(tmp_path, "lint", tmp_path / "bad.md", expect=1)
    assert done.stdout.startswith(f"{tmp_path}/bad.md:1: 'probably' is no band of likelihood. Say likely")
    assert "[outside-lexicon]" in done.stdout and "1 thing to mend." in done.stderr
    [line] = scaup(tmp_path, "lint", "--format", "jsonl", tmp_path / "bad.md", expect=1).stdout.splitlines()
    assert json.loads(line)["rule"] == "outside-lexicon"
    assert scaup(tmp_path, "lint", "account_triage").stdout == ""
    assert "Did you mean 'account_triage'" in scaup(tmp_path, "lint", "acount_triage", expect=2).stderr
