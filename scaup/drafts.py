"""Drafts: the two files and the line that begin a signal, with blanks that say what belongs in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import jinja2

from scaup.errors import UsageError, nearest

TEMPLATES = Path(__file__).parent / "draft_files"
SIGNALS = Path("models/marts/signals")
FEATURES = Path("models/marts/features")
NAME = re.compile(r"sig_[a-z][a-z0-9]*(_[a-z0-9]+)*")
LINE = re.compile(r'(\s+)"(sig_\w+)",\n')


@dataclass(frozen=True)
class Draft:
    """What was written: the signal's two files, and the file that got its line."""

    sql: Path
    yml: Path
    union: Path


def draft_signal(project: Path, name: str, feature: str) -> Draft:
    """Write `name`.sql, `name`.yml and one line in signals.sql, judging the rows of `feature`.

    A name without its `sig_` is given it.
    Writes nothing unless all three can be written. Raises UsageError for a name that is taken or says
    nothing, and for a feature that is not there.
    """
    name, said = f"sig_{name.removeprefix('sig_')}", name
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{said!r} is no name for a signal. Say what was seen, in lower case with underscores, as in "
            "sig_linked_to_banned_accounts."
        )
    sql, yml = (project / SIGNALS / f"{name}{ending}" for ending in (".sql", ".yml"))
    for path in (sql, yml):
        if path.exists():
            raise UsageError(
                f"{path.relative_to(project)} is there already. Edit it, or choose another name."
            )
    features = sorted(path.stem for path in (project / FEATURES).glob("feat_*.sql"))
    if feature not in features:
        raise UsageError(
            f"No feature named {feature!r}.{nearest(feature, features)} A signal judges what a feature "
            f"observed; {FEATURES}/ has {len(features)}. If none observes it, add the feature first, "
            "without thresholds."
        )
    union = project / SIGNALS / "signals.sql"
    text = _with_line(union.read_text(encoding="utf-8"), name)
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
    )
    for path in (sql, yml):
        draft = found.get_template(f"signal{path.suffix}").render(name=name, feature=feature)
        path.write_text(draft, encoding="utf-8")
    union.write_text(text, encoding="utf-8")
    return Draft(sql, yml, union)


def _with_line(text: str, name: str) -> str:
    """signals.sql with the line of that signal in its alphabetical place."""
    lines = text.splitlines(keepends=True)
    members = [(number, match) for number, line in enumerate(lines) if (match := LINE.fullmatch(line))]
    if not members:
        raise UsageError(f"{SIGNALS}/signals.sql lists no signals, so there is no place for {name}.")
    before = [number for number, match in members if match[2] < name]
    place = before[-1] + 1 if before else members[0][0]
    return "".join([*lines[:place], f'{members[0][1][1]}"{name}",\n', *lines[place:]])
