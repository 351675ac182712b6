"""`scaup case …`: casework, step by step, each one signed into the case's custody log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from scaup import casework
from scaup.answers import visible
from scaup.cases import Case, find_case, hold_to_trail, list_cases
from scaup.cli.ask import option_of
from scaup.cli.screens import case_screen, list_screen
from scaup.errors import ScaupError, UsageError, nearest
from scaup.home import find_home, find_project
from scaup.lexicon import CONFIDENCES, LIKELIHOODS
from scaup.policies import read_policies
from scaup.project import Parameter
from scaup.warehouse import Snapshot, open_snapshot

KINDS = ("ask", "investigate")


def complete_case(context: click.Context, option: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids of the home's cases; silence where there is no home."""
    try:
        return [CompletionItem(name) for name in list_cases(find_home()) if name.startswith(incomplete)]
    except ScaupError:
        return []


def _complete_kind(context: click.Context, option: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(kind) for kind in KINDS if kind.startswith(incomplete)]


def _complete_name(context: click.Context, option: click.Parameter, incomplete: str) -> list[CompletionItem]:
    try:
        if context.params.get("kind") == "investigate":
            from scaup.investigations import find_investigations

            names = list(find_investigations(find_project() / "investigations"))
        else:
            names = sorted(open_snapshot(find_home()).catalogue.questions)
    except ScaupError:
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


class CaseId(click.Argument):
    """The argument that names a case, completed from the home."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(["case_id"], metavar="CASE", shell_complete=complete_case, **settings)


class Steps(click.Group):
    """A group that lists its steps in the order of work, and offers the nearest when one is misspelt."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            path = context.command_path
            raise click.UsageError(
                f"{path} has no step {args[0]!r}.{nearest(args[0], self.commands)} "
                f"`{path} --help` lists them all."
            )
        return super().resolve_command(context, args)


def case_argument(command: Callable[..., Any]) -> click.Command:
    """Put CASE in front of a command's own arguments."""
    made = command if isinstance(command, click.Command) else click.command()(command)
    made.params.insert(0, CaseId())
    return made


@click.group(cls=Steps)
def case() -> None:
    """Open a case, add to it, decide, and see how it stands.

    Every step is one signed entry in the case's custody log, cases/<id>/log.jsonl in the home. A case
    begins with `scaup key new` (once) and `scaup case open`; `scaup seal` makes a package of it.
    """


KEY = click.option(
    "--key", "key_name", metavar="NAME", help="Sign with this key. Default: SCAUP_KEY, or the only one."
)


def _desk(key_name: str | None) -> casework.Desk:
    return casework.desk(find_home(), key_name)


def _done(case_now: Case, said: str) -> None:
    """One line of result, and what the log says now."""
    click.echo(said)
    click.echo(f"entry {len(case_now.log)} of {case_now.id} · {case_now.log[-1].hash[:16]}", err=True)


@case.command("open")
@click.argument("case_id", metavar="CASE")
@click.option(
    "--purpose",
    envvar="SCAUP_PURPOSE",
    show_envvar=True,
    default="",
    help="Why these people's data may be looked at.",
)
@click.option("--title", default="", help="What people call it. No identities: it stands on the package.")
@click.option("--policy", default="", metavar="CLAUSE", help="The policy that it is about.")
@KEY
def open_(case_id: str, purpose: str, title: str, policy: str, key_name: str | None) -> None:
    """Open a case. CASE is its id: letters, digits, - and _."""
    if policy:
        read_policies().known(policy)
    opened = casework.open_case(_desk(key_name), case_id, purpose, title, policy)
    click.echo(opened.folder)
    click.echo(f"Opened {case_id}. Next: scaup case add {case_id} account ID", err=True)


@case_argument
@click.argument("subject_type", metavar="TYPE")
@click.argument("subject_id", metavar="ID")
@click.option(
    "--role", default="subject", show_default=True, help="subject, victim, witness, infrastructure, …"
)
@KEY
def add(case_id: str, subject_type: str, subject_id: str, role: str, key_name: str | None) -> None:
    """Put a subject into the case.

    TYPE is account, cluster, contact, …, and ID what the snapshot calls it.
    """
    now = casework.add_subject(_desk(key_name), case_id, subject_type, subject_id, role)
    _done(now, f"{subject_type} {visible(subject_id)} is in case {case_id} as {role}.")


@case_argument
@click.argument("text", required=False)
@click.option(
    "--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Read it there."
)
@KEY
def note(case_id: str, text: str | None, path: Path | None, key_name: str | None) -> None:
    """Add a note in Markdown: TEXT, --file, or - for stdin."""
    if (text is None) == (path is None):
        raise UsageError("Give one note: as an argument, with --file FILE, or - for stdin.")
    if text == "-":
        words = sys.stdin.buffer.read().decode("utf-8", "backslashreplace")
    else:
        words = casework.read_text(path) if path else str(text)
    now = casework.add_note(_desk(key_name), case_id, words)
    _done(now, f"Note {now.notes[-1].id}.")


@case_argument
@click.argument("kind", metavar="ask|investigate", shell_complete=_complete_kind)
@click.argument("name", metavar="NAME", shell_complete=_complete_name)
@click.argument("words", metavar="[--PARAMETER VALUE]…", nargs=-1, type=click.UNPROCESSED)
@click.option("--purpose", default="", help="Why this is asked. Default: the case's purpose.")
@click.option("--snapshot", metavar="ID", help="Ask this snapshot instead of the current one.")
@KEY
def run(
    case_id: str, kind: str, name: str, words: tuple[str, ...], purpose: str, snapshot: str | None,
    key_name: str | None,
) -> None:  # fmt: skip
    """Ask a question or an investigation, and keep what came back.

    \b
        scaup case run CASE ask account_activity --account-id A1 --since -30d
        scaup case run CASE investigate suspected_distillation --cluster-id C1

    `scaup ask NAME --help` and `scaup investigate NAME --help` say what one takes.
    """
    from scaup.runs import run as carry_out

    home = find_home()
    found = open_snapshot(home, snapshot)
    given = _values(f"scaup case run {case_id} {kind} {name}", _declared(kind, name, found), words)
    now, manifest = carry_out(_desk(key_name), case_id, kind, name, given, found, purpose)
    last = now.runs[-1]
    for exhibit in manifest["exhibits"]:
        cut = f", cut by {exhibit['cut_by']}" if exhibit["cut_by"] else ""
        label = f"{last.id}.{exhibit['exhibit']}"
        click.echo(f"{label:<6} {exhibit['question']:<32} {exhibit['row_count']:>7,} rows{cut}")
    _done(now, f"{last.id} {kind} {name}: {last.exhibits} exhibits, {last.rows:,} rows, snapshot {found.id}")


run.context_settings = {"ignore_unknown_options": True}


def _declared(kind: str, name: str, snapshot: Snapshot) -> tuple[Parameter, ...]:
    """What a question or investigation takes. Raises UsageError when there is none of that name."""
    if kind not in KINDS:
        raise UsageError(f"{kind!r} cannot be run for a case. It is ask or investigate.")
    if kind == "ask":
        return snapshot.catalogue.question(name).parameters
    from scaup.investigations import find_investigation

    return find_investigation(name, find_project() / "investigations").parameters


def _values(path: str, declared: Iterable[Parameter], words: tuple[str, ...]) -> dict[str, Any]:
    """What a run's own options say, read as `scaup ask` reads them."""
    command = click.Command(path, params=[option_of(parameter) for parameter in declared])
    given = command.make_context(path, list(words)).params
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    return {name: value for name, value in values.items() if value is not None and value != []}


@case_argument
@click.argument("title")
@click.option("--grade", required=True, help="Admiralty: reliability A–F and credibility 1–6, as in B2.")
@click.option(
    "--origin", default="", help="Where it comes from at first hand; sources of one origin count once."
)
@click.option("--descriptor", default="", help="How complete, how old, how biased it is.")
@click.option("--collected", default="", metavar="DAY", help="When it was collected. Default: today.")
@click.option("--sha256", default="", help="Hash of the document, where it is one.")
@click.option("--run", "runs", multiple=True, metavar="RUN", help="The run that it is, as in R1.")
@KEY
def source(
    case_id: str, title: str, grade: str, origin: str, descriptor: str, collected: str, sha256: str,
    runs: tuple[str, ...], key_name: str | None,
) -> None:  # fmt: skip
    """Add a source, with its grade. TITLE says what it is."""
    now = casework.add_source(
        _desk(key_name), case_id, title, grade,
        origin=origin, descriptor=descriptor, collected_at=collected, sha256=sha256, runs=runs,
    )  # fmt: skip
    _done(now, f"Source {now.sources[-1].id}, graded {grade}.")


@case_argument
@click.argument("statement")
@click.option(
    "--likelihood",
    required=True,
    type=click.Choice(list(LIKELIHOODS)),
    help="One of the seven bands.",
)
@click.option(
    "--confidence",
    required=True,
    type=click.Choice(CONFIDENCES),
    help="In the basis, not in the statement.",
)
@click.option(
    "--basis", multiple=True, metavar="ID", help="A source or run that it rests on, as in S1 or R2."
)
@click.option("--assumes", multiple=True, help="What it takes for granted.")
@click.option("--would-change", required=True, help="What would change it.")
@KEY
def judge(
    case_id: str, statement: str, likelihood: str, confidence: str, basis: tuple[str, ...],
    assumes: tuple[str, ...], would_change: str, key_name: str | None,
) -> None:  # fmt: skip
    """Record a judgment.

    A plain STATEMENT; how likely it is, and how confident you are in its basis, are said apart.
    """
    now = casework.judge(
        _desk(key_name), case_id, statement, likelihood, confidence, basis, would_change, assumes
    )
    _done(now, f"Judgment {now.judgments[-1].id}.")


@case_argument
@click.argument("element_name", metavar="ELEMENT")
@click.option("--fact", required=True, help="The fact that meets it.")
@click.option("--source", "sources", multiple=True, metavar="ID", help="A source or run that it rests on.")
@click.option("--grade", required=True, help="How good the fact is, as in B2.")
@click.option("--counter", required=True, help="What speaks against it; 'none found' is an answer.")
@click.option("--terms", default="", metavar="VERSION", help="The version of the terms that was accepted.")
@KEY
def element(
    case_id: str, element_name: str, fact: str, sources: tuple[str, ...], grade: str, counter: str,
    terms: str, key_name: str | None,
) -> None:  # fmt: skip
    """Record what meets one ELEMENT of the claim."""
    now = casework.add_element(_desk(key_name), case_id, element_name, fact, sources, grade, counter, terms)
    _done(now, f"Element {now.elements[-1].id}.")


@case_argument
@click.argument("action")
@click.option("--subject", required=True, metavar="TYPE:ID", help="About whom, as in account:A1.")
@click.option("--clause", default="", help="The clause of policy.")
@click.option("--version", type=int, help="Its version.")
@click.option("--rationale", default="", help="Why; it has to stand alone.")
@click.option("--reviewer", default="", help="Who decides. Default: you.")
@click.option("--role", type=click.Choice(casework.ROLES), help="In which role.")
@click.option("--second", default="", metavar="NAME", help="Who looked a second time.")
@click.option("--second-role", type=click.Choice(casework.ROLES), help="In which role; another one.")
@click.option("--cites", multiple=True, metavar="PRECEDENT", help="A precedent that is followed.")
@click.option(
    "--distinguishes", multiple=True, metavar="PRECEDENT", help="One that is not, and the rationale says why."
)
@click.option("--dissent", default="", help="Who saw it otherwise, and why.")
@KEY
def decide(case_id: str, action: str, subject: str, key_name: str | None, **given: Any) -> None:
    """Record a decision. ACTION is one of the seed's, as in warn, suspend, terminate, report_out.

    What is terminal, or tells outsiders, needs a clause in a version in force, a rationale and a role, and
    where the policy asks for it a second reviewer in another role.
    """
    kind, colon, name = subject.partition(":")
    if not colon or not name:
        raise UsageError("--subject is a type and an id, as in account:A1.")
    words = {key: "" if value is None else value for key, value in given.items() if key != "version"}
    words["second_reviewer"] = words.pop("second")
    facts = {**words, "action": action, "subject": (kind, name), "version": given["version"]}
    now = casework.decide(_desk(key_name), case_id, read_policies(), facts)
    _done(now, f"Decision {now.decisions[-1].id}: {action}.")


@case_argument
@click.option("--reason", default="", help="Who anticipates what; of a release: why it ends.")
@click.option("--scope", default="everything in the case", show_default=True, help="What has to be kept.")
@click.option("--release", metavar="ID", help="Release this hold, as in H1.")
@KEY
def hold(case_id: str, reason: str, scope: str, release: str | None, key_name: str | None) -> None:
    """Place a legal hold, or release one. While one stands nothing is closed or erased."""
    if release:
        casework_now = casework.release_hold(_desk(key_name), case_id, release, reason)
        _done(casework_now, f"Hold {release} is released.")
        return
    now = casework.place_hold(_desk(key_name), case_id, reason, scope)
    _done(now, f"Hold {now.holds[-1].id} stands.")


@case_argument
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@KEY
def ach(case_id: str, path: Path, key_name: str | None) -> None:
    """Record the table of competing hypotheses. FILE is CSV: evidence, then one column a hypothesis.

    A cell says how consistent the evidence is with the hypothesis: CC, C, N, I, II or NA. Evidence that
    rates every hypothesis alike tells nothing and is named.
    """
    now = casework.record_ach(_desk(key_name), case_id, casework.read_text(path))
    for name, score in sorted(now.ach["inconsistency"].items(), key=lambda item: item[1]):
        click.echo(f"{score:>5}  {visible(name)}")
    _done(now, "Inconsistency by hypothesis; the lowest is the least contradicted.")


@case_argument
@click.option("--outcome", default="", help="How it came out.")
@KEY
def close(case_id: str, outcome: str, key_name: str | None) -> None:
    """Close the case. Nothing is added to it afterwards."""
    _done(casework.close_case(_desk(key_name), case_id, outcome), f"Case {case_id} is closed.")


@case_argument
def status(case_id: str) -> None:
    """Check the custody log and show how the case stands."""
    home = find_home()
    found = find_case(home, case_id)
    hold_to_trail(home, found)
    for line in case_screen(found):
        click.echo(line)


@click.command("list")
def list_() -> None:
    """List the cases of the home."""
    home = find_home()
    names = list_cases(home)
    for line in list_screen(home, names):
        click.echo(line)
    if not names:
        click.echo(f"No case in {home.cases}. `scaup case open ID --purpose …` opens one.", err=True)


for step in (add, run, note, source, ach, judge, element, decide, hold, status, close, list_):
    case.add_command(step)
