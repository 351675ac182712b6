"""Competing hypotheses against a published table, and against numpy on tables of chance."""

from __future__ import annotations

import random

import numpy
import pytest

from scaup.errors import UsageError
from scaup.hypotheses import RATINGS, Evidence, Table, analyse, read_hypotheses, read_table

# R. J. Heuer, Psychology of Intelligence Analysis (CIA, 1999), chapter 8, figure 15: will Iraq retaliate for
# the bombing of its intelligence headquarters in 1993? The same table stands in US Army TC 2-33.4 (2009),
# figure 2-1, with the result: H2 is favoured, followed by H3 and finally H1.
HEUER = """\
evidence,H1 no retaliation,H2 minor actions,H3 major attack
E1 Public statement of intent not to retaliate,+,+,+
E2 Absence of terrorist offensive during the Gulf War,+,+,-
E3 Would not want to provoke another attack,+,+,-
E4 More agent radio broadcasts,-,+,+
E5 Embassies told to take more security precautions,-,+,+
E6 Failure to retaliate would be a loss of face,-,+,+
"""


def test_heuers_own_table_comes_out_as_he_says() -> None:
    found = analyse(read_hypotheses(HEUER))
    assert [score.hypothesis[:2] for score in found.scores] == ["H2", "H3", "H1"]
    assert [score.inconsistency for score in found.scores] == [0, 2, 3]
    assert [text[:2] for text in found.undiagnostic] == ["E1"]  # "no diagnostic value whatsoever"
    assert found.decisive == ()


POINTS = {"CC": 0, "C": 0, "N": 0, "NA": 0, "I": 1, "II": 2}
FITS = {"CC": 2, "C": 1, "N": 0, "NA": numpy.nan, "I": -1, "II": -2}
FACTORS = {"high": 2**0.5, "medium": 1.0, "low": 0.5**0.5}


@pytest.mark.parametrize("seed", range(20))
def test_scores_diagnosticity_and_leaving_out_agree_with_numpy(seed: int) -> None:
    chance = random.Random(seed)
    names = tuple(f"h{place}" for place in range(chance.randint(2, 6)))
    rows = tuple(
        Evidence(
            f"e{place:02d}",
            tuple(chance.choice(RATINGS) for _ in names),
            credibility=chance.choice(list(FACTORS)),
            relevance=chance.choice(list(FACTORS)),
        )
        for place in range(chance.randint(1, 12))
    )
    found = analyse(Table(names, rows))
    weights = numpy.array([FACTORS[row.credibility] * FACTORS[row.relevance] for row in rows])
    points = numpy.array([[POINTS[rating] for rating in row.ratings] for row in rows]) * weights[:, None]
    totals = points.sum(axis=0)
    for score in found.scores:
        assert float(score.weighted) == pytest.approx(totals[names.index(score.hypothesis)], abs=2e-3)

    def leaders(kept: numpy.ndarray) -> set[str]:
        sums = kept.sum(axis=0)
        return {name for name, total in zip(names, sums, strict=True) if total - sums.min() < 1e-5}

    assert set(found.leaders) == leaders(points)
    for bearing in found.bearings:
        place = int(bearing.evidence[1:])
        fits = numpy.array([FITS[rating] for rating in rows[place].ratings])
        spread = 0.0 if numpy.isnan(fits).all() else numpy.nanstd(fits)
        assert float(bearing.diagnosticity) == pytest.approx(spread, abs=6e-4)
        without = leaders(numpy.delete(points, place, axis=0)) if len(rows) > 1 else set(names)
        assert set(bearing.leaders_without) == without
        assert bearing.is_decisive == (without != set(found.leaders))


def test_what_the_answer_hangs_on_is_named() -> None:
    found = analyse(read_hypotheses("evidence,Ring,Office (benign)\nSame card,C,II\nOpen plan,I,C\n"))
    assert found.leaders == ("Ring",) and found.decisive == ("Same card",)
    assert found.table.benign == ("Office (benign)",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "begins with `evidence`"),
        ("evidence,Ring\nx,C\n", "what else could explain"),
        ("evidence,a,a\nx,C,C\n", "a name of its own"),
        ("evidence,a,b\n", "names no evidence"),
        ("evidence,a,b\nx,C\n", "Line 2 has 2 fields"),
        ("evidence,a,b\n\nx,C,D\n", "Line 3: 'D' is no rating"),
        ("evidence,a,b\nx,C,C\nx,C,C\n", "stands there twice"),
        ("evidence,a,b\n,C,C\n", "does not say what the evidence is"),
        ("evidence,grade,a,b\nx,Z9,C,C\n", "Admiralty grade"),
        ("evidence,relevance,a,b\nx,huge,C,C\n", "relevance is high, medium, low"),
    ],
)
def test_a_table_that_cannot_be_read_says_where_and_why(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_hypotheses(text)


def test_a_cases_log_keeps_the_table_in_its_order() -> None:
    kept = read_table(HEUER)
    assert list(kept["inconsistency"].values()) == [3, 0, 2]
    assert kept["rows"][1] == ["E2 Absence of terrorist offensive during the Gulf War", "C", "C", "I"]
    assert kept["undiagnostic"] == ["E1 Public statement of intent not to retaliate"]
