"""The words that can be written at a place in a statement: relations, columns, questions, keywords.

They come from the snapshot's catalogue, so completing opens no database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scaup.project import Catalogue, Question

KEYWORDS = """
select, from, where, group by, group by all, having, order by, limit, with, as, on, join, left join,
semi join, anti join, asof join, using, union all, and, or, not, in, is null, is not null, between, like,
case, when, then, else, end, distinct, qualify, over, partition by, filter, exclude, replace, unpivot, pivot,
describe, summarize, show all tables, interval, timestamptz, date, asc, desc, nulls last
"""
FUNCTIONS = """
count, sum, avg, min, max, median, quantile_cont, arg_max, arg_min, any_value, mode, list, string_agg, unnest,
row_number, rank, lag, lead, first_value, last_value, coalesce, nullif, greatest, least, round, abs, floor,
log2, range, contains, lower, length, regexp_matches, starts_with, date_trunc, date_diff, extract, epoch,
strftime, json_extract_string, list_contains, len, try_cast
"""
WORD = re.compile(r"[A-Za-z_][\w.]*$|\w*$")
BEFORE = re.compile(r"([A-Za-z_]\w*|,)\s*$")
OPEN_TEXT = re.compile(r"'(?:[^']|'')*'?|\"[^\"]*\"?|--[^\n]*\n?|/\*.*?(?:\*/|$)", re.DOTALL)
OF_RELATIONS = frozenset({"from", "join", "describe", "summarize", "table"})
NAMED = re.compile(r"\b([A-Za-z_]\w*)\.([A-Za-z_]\w*)(?:\s+(?:as\s+)?([A-Za-z_]\w*))?", re.IGNORECASE)


@dataclass(frozen=True)
class Candidate:
    """One word that can stand there: the text, how many characters before it it replaces, what it is."""

    text: str
    length: int
    kind: str = ""


class Vocabulary:
    """The words of one snapshot."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.questions = dict(sorted(catalogue.questions.items()))
        self.relations = {
            f"{model.schema}.{model.name}": tuple(column.name for column in model.columns)
            for model in sorted(catalogue.models.values(), key=lambda model: (model.schema, model.name))
        }

    def candidates(self, before: str, whole: str = "") -> list[Candidate]:
        """What can be written after `before`, best first; `whole` is all that is written so far.

        Nothing inside a text, a quoted name or a comment.
        """
        bare = OPEN_TEXT.sub(_blank, before)
        if _is_inside(before):
            return []
        found = WORD.search(bare)
        word = found.group() if found else ""
        preceding = BEFORE.search(bare[: len(bare) - len(word)])
        offered = self._after_dot(word, whole or before) if "." in word else None
        if offered is None:
            offered = list(self._plain(preceding.group(1).lower() if preceding else "", whole or before))
        once = [pair for pair in dict.fromkeys(offered) if pair[0] != word]
        return [
            Candidate(text, len(word), kind) for text, kind in once if text.lower().startswith(word.lower())
        ]

    def _after_dot(self, word: str, whole: str) -> list[tuple[str, str]] | None:
        """What can follow `schema.`, `relation.` or `alias.`."""
        head = word.rpartition(".")[0]
        if head.lower() == "ask":
            return [(f"ask.{name}({_shape(found)})", found.line) for name, found in self.questions.items()]
        inside = [(name, "table") for name in self.relations if name.startswith(head + ".")]
        if inside:
            return inside
        relation = head if head in self.relations else self.aliases(whole).get(head.lower())
        return [(f"{head}.{column}", relation) for column in self.relations[relation]] if relation else []

    def _plain(self, preceding: str, whole: str) -> Iterator[tuple[str, str]]:
        """What can follow the preceding word."""
        relations = [(name, "table") for name in self.relations]
        questions = [(f"ask.{name}({_shape(found)})", found.line) for name, found in self.questions.items()]
        if preceding in OF_RELATIONS:
            yield from relations
            yield from questions
            return
        for relation in dict.fromkeys(self.aliases(whole).values()):
            yield from ((column, relation) for column in self.relations[relation])
        yield from ((word, "") for word in _listed(KEYWORDS))
        yield from ((name, "function") for name in _listed(FUNCTIONS))
        yield from relations
        yield from questions

    def aliases(self, text: str) -> dict[str, str]:
        """The relations that a statement names, by each name that it has for them.

        >>> vocabulary.aliases("from seeds.policies as rules")
        {'policies': 'seeds.policies', 'rules': 'seeds.policies'}
        """
        found = {}
        for schema, table, alias in NAMED.findall(OPEN_TEXT.sub(_blank, text)):
            relation = f"{schema}.{table}"
            if relation in self.relations:
                found[table.lower()] = relation
                if alias and alias.lower() not in _reserved():
                    found[alias.lower()] = relation
        return found


def matching(words: Iterable[str], typed: str) -> list[Candidate]:
    """Those of the words that begin with what is typed."""
    return [Candidate(word, len(typed)) for word in words if word.startswith(typed)]


def _listed(words: str) -> list[str]:
    return [word.strip() for word in words.split(",")]


def _reserved() -> frozenset[str]:
    return frozenset(part for word in _listed(KEYWORDS) for part in word.split())


def _shape(question: Question) -> str:
    """What stands between the brackets of a question's macro: its required parameters."""
    marks = {"bigint": "0", "double": "0.0", "boolean": "true"}
    needed = [found for found in question.parameters if found.required]
    return ", ".join("['']" if "[]" in found.type else marks.get(found.type, "''") for found in needed)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


def _is_inside(before: str) -> bool:
    """Whether the end of the text is inside a text, a quoted name or a comment."""
    texts = [found for found in OPEN_TEXT.finditer(before) if found.end() == len(before)]
    if not texts:
        return False
    text = texts[-1].group()
    if text.startswith("--"):
        return not text.endswith("\n")
    if text.startswith("/*"):
        return not text.endswith("*/")
    return len(text) == 1 or text.count(text[0]) % 2 == 1
