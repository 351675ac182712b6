"""Disclosure: what may leave the house of an answer, a text or a set of parameters.

One rule, by privacy class of the snapshot's published catalogue: P0 and P1 are shown, P2 is replaced by a
pseudonym, and everything else, what has no class included, is left out. Every value that was replaced
anywhere is then also looked for in every text that leaves, as are e-mail and IP addresses, card and
telephone numbers. Of tables without pseudonyms small counts are withheld (`scaup.withholding`). A pseudonym
is an HMAC under a key of the case's own that lies in no database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from scaup.answers import Answer, json_text, plain_text
from scaup.project import Parameter, Question
from scaup.withholding import SmallCells, withhold

SHOWN = ("P0", "P1")
MEASURED = re.compile(r"DOUBLE|FLOAT|DECIMAL\(.*\)|BOOLEAN|DATE|TIME|TIMESTAMP( WITH TIME ZONE)?|INTERVAL")
LENGTHS = (4, 256)  # characters of values that are looked for in texts
NAMING = re.compile(
    r"(_id|_ids|_hmac|_hash|accounts|_value)(_[a-z])?$"
)  # columns whose values name something
WORD = re.compile(r"true|false|none|null|\d{1,8}|[+-]?\d+\.\d+")
PLAIN = re.compile(r"[A-Za-z_]+|\d{1,8}|[+-]?\d+\.\d+")
TYPES = {"varchar": "VARCHAR", "timestamptz": "TIMESTAMP WITH TIME ZONE"}
PATTERNS = {
    "e_mail_address": r"[\w.%+'-]+@[\w-]+(?:\.[\w-]+)+",
    "IP_address": r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)|"
    r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{1,4}(?![\w:])",
    "card_number": r"(?<!\w)(?<!\d[.-])(?:\d{4}[ -]?){3}\d{1,7}(?!\w|[.-]\d)",
    "telephone_number": r"(?<!\w)\+\d[\d ()/-]{6,}\d(?!\w|\.\d)|"
    r"(?<![\w-])(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(?![\w-])",
}


class Pseudonyms:
    """Names for values, the same for the same value throughout a case and different in every other case."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def of(self, value: object) -> str:
        """The pseudonym of a value: `px-` and 100 bits of HMAC-SHA-256 in base 32."""
        digest = hmac.new(
            self._secret, plain_text(value).encode("utf-8", "surrogatepass"), hashlib.sha256
        ).digest()
        return "px-" + base64.b32encode(digest).decode("ascii").lower()[:20]

    def fingerprint(self, text: str) -> str:
        """A keyed hash of what must not leave: who has the key can compare, nobody else can guess."""
        return hmac.new(self._secret, b"fingerprint:" + text.encode(), hashlib.sha256).hexdigest()


@dataclass
class Redactions:
    """What was taken out, where and why; never what it was."""

    rows: list[dict[str, object]] = field(default_factory=list)

    def note(self, place: str, what: str, how: str, count: int) -> None:
        """`count` values of column or pattern `what` were `how`: left out, pseudonym or withheld."""
        if count:
            self.rows.append({"place": place, "what": what, "how": how, "count": count})


@dataclass
class Veil:
    """What stands between a case and its readers outside. `known` are the values to look for in texts,
    `rules` say which counts of people are too small to be shown; without any, none is."""

    pseudonyms: Pseudonyms
    rules: SmallCells | None = None
    redactions: Redactions = field(default_factory=Redactions)
    known: set[str] = field(default_factory=set)

    def learn(self, values: Iterable[object], *, are_names: bool = True) -> None:
        """Remember values that no text may show. Of what names nobody, plain words may stay in prose."""
        for value in values:
            if isinstance(value, list | tuple):
                self.learn(value, are_names=are_names)
            elif isinstance(value, str | int) and LENGTHS[0] <= len(text := plain_text(value)) <= LENGTHS[1]:
                is_word = WORD.fullmatch(text) if are_names else PLAIN.fullmatch(text)
                if not is_word:
                    self.known.add(text)

    def learn_answer(self, question: Question, answer: Answer) -> None:
        """Remember every value of an answer that its disclosure does not show, parameters included."""
        for place, treatment in enumerate(treatments(question, answer)):
            if treatment != "show":
                are_names = NAMING.search(answer.columns[place]) is not None
                self.learn((row[place] for row in answer.rows), are_names=are_names)
        for parameter in question.parameters:
            if treatment_of(parameter.privacy, parameter.type) != "show":
                self.learn([answer.parameters.get(parameter.name)])

    def answer(self, question: Question, answer: Answer, place: str) -> Answer:
        """The answer as it may leave: columns left out, identifiers replaced, texts looked through, and
        of groups the small counts withheld."""
        how = treatments(question, answer)
        is_of_groups = "alias" not in how and not self._names_a_subject(question, answer)
        shown = [at for at, treatment in enumerate(how) if treatment != "drop"]
        for at, treatment in enumerate(how):
            told = {"drop": "left out", "alias": "pseudonym"}.get(treatment)
            if told:
                count = sum(row[at] is not None for row in answer.rows)
                self.redactions.note(place, f"column {answer.columns[at]}", told, count)
        if not shown:  # a table has to have a column
            numbers = tuple((number,) for number in range(1, answer.row_count + 1))
            answer = replace(answer, columns=("row",), types=("BIGINT",), rows=numbers)
            how, shown = ["show"], [0]
        found: Counter[str] = Counter()
        rows = tuple(
            tuple(
                self._alias(row[at]) if how[at] == "alias" else self._shown(row[at], answer.types[at], found)
                for at in shown
            )
            for row in answer.rows
        )
        for what, count in sorted(found.items()):
            self.redactions.note(place, what, "pseudonym", count)
        outside = replace(
            answer,
            columns=tuple(answer.columns[at] for at in shown),
            types=tuple(
                _alias_type(answer.types[at]) if how[at] == "alias" else answer.types[at] for at in shown
            ),
            rows=rows,
            parameters=self.parameters(question.parameters, answer.parameters),
        )
        if self.rules is None or not is_of_groups:
            return outside
        done = withhold(outside, self.rules)
        for name, count in done.numbers.items():
            self.redactions.note(place, f"column {name}", "withheld", count)
        return done.answer

    @staticmethod
    def _names_a_subject(question: Question, answer: Answer) -> bool:
        """Whether it was asked about one subject: then small numbers are evidence, not a group's."""
        return any(
            treatment_of(one.privacy, one.type) == "alias" and answer.parameters.get(one.name)
            for one in question.parameters
        )

    def parameters(self, declared: Iterable[Parameter], values: Mapping[str, object]) -> dict[str, object]:
        """Bound values as they may leave; one that is left out is None."""
        kinds = {found.name: treatment_of(found.privacy, found.type) for found in declared}
        shown: dict[str, object] = {}
        for name, value in values.items():
            treatment = kinds.get(name, "drop")
            shown[name] = (
                value if treatment == "show" else self._alias(value) if treatment == "alias" else None
            )
        return shown

    def text(self, text: str, place: str) -> str:
        """A text as it may leave."""
        found: Counter[str] = Counter()
        clean = self._scrub(text, found)
        for what, count in sorted(found.items()):
            self.redactions.note(place, what, "pseudonym", count)
        return clean

    def _shown(self, value: object, kind: str, found: Counter[str]) -> object:
        if isinstance(value, str):
            return self._json(value, found) if kind == "JSON" else self._scrub(value, found)
        if isinstance(value, list | tuple):
            return [self._shown(item, "", found) for item in value]
        if isinstance(value, dict):
            return {key: self._shown(item, "", found) for key, item in value.items()}
        return value

    def _alias(self, value: object) -> object:
        if value is None:
            return None
        if isinstance(value, list | tuple):
            return [self._alias(item) for item in value]
        return self.pseudonyms.of(value)

    def _json(self, text: str, found: Counter[str]) -> str:
        """Evidence: numbers and truths stay, texts become pseudonyms."""
        try:
            return json_text(self._numbers(json.loads(text), found))
        except (ValueError, RecursionError):
            found["text in evidence"] += 1
            return json.dumps(self.pseudonyms.of(text))

    def _numbers(self, value: object, found: Counter[str]) -> object:
        if isinstance(value, str):
            found["text in evidence"] += 1
            return self.pseudonyms.of(value)
        if isinstance(value, list):
            return [self._numbers(item, found) for item in value]
        if isinstance(value, dict):
            return {self._scrub(key, found): self._numbers(item, found) for key, item in value.items()}
        return value

    def _scrub(self, text: str, found: Counter[str]) -> str:
        """The text without known values and without what looks like a person's address or number."""

        def replaced(hit: re.Match[str]) -> str:
            what = next(name for name, value in hit.groupdict().items() if value is not None)
            found[f"{what.replace('_', ' ')} in a text"] += 1
            return self.pseudonyms.of(hit[0])

        if self._finder_of != len(self.known):
            known = "|".join(_as_tree(sorted(self.known)) for _ in "1" if self.known)
            named = {**({"identifier": known} if known else {}), **PATTERNS}
            self._finder = re.compile("|".join(f"(?P<{name}>{one})" for name, one in named.items()))
            self._finder_of = len(self.known)
        return self._finder.sub(replaced, text)

    _finder: re.Pattern[str] = field(default_factory=lambda: re.compile("(?!)"))
    _finder_of: int = -1


def _as_tree(words: list[str], depth: int = 0) -> str:
    """Sorted words as one pattern in which each letter is looked at once: thousands of them stay fast.

    The longest word that fits is found.
    """
    branches: dict[str, list[str]] = {}
    for word in words:
        if len(word) > depth:
            branches.setdefault(word[depth], []).append(word)
    is_end = len(words) > sum(map(len, branches.values()))
    parts = []
    for letter, rest in branches.items():
        parts.append(
            re.escape(rest[0][depth:]) if len(rest) == 1 else re.escape(letter) + _as_tree(rest, depth + 1)
        )
    if not parts:
        return ""
    text = parts[0] if len(parts) == 1 and not is_end else f"(?:{'|'.join(parts)})"
    return text + "?" if is_end else text


def treatments(question: Question, answer: Answer) -> list[str]:
    """What happens to each column of an answer: `show`, `alias` or `drop`."""
    classes = {column.name: column.privacy for column in question.columns}
    return [
        treatment_of(classes.get(name, ""), kind)
        for name, kind in zip(answer.columns, answer.types, strict=True)
    ]


def treatment_of(privacy: str, kind: str) -> str:
    """What happens to a value of that class and type. A P2 moment or measure is shown: it names nobody."""
    kind = TYPES.get(kind, kind.upper())
    if privacy in SHOWN or (privacy == "P2" and MEASURED.fullmatch(kind)):
        return "show"
    return "alias" if privacy == "P2" else "drop"


def _alias_type(kind: str) -> str:
    return "VARCHAR[]" if kind.endswith("[]") else "VARCHAR"
