"""Runs: a question or an investigation asked for a case, and the manifest that lets anybody ask it again.

cases/<id>/runs/R1/manifest.json            what was asked, of what, by whom, when and why; all hashes
cases/<id>/runs/R1/exhibits/01-<name>.parquet   the rows of each question, as they came back
cases/<id>/runs/R1/report.html              of an investigation: the report as its author saw it
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from scaup import __version__
from scaup.answers import Answer, json_text, to_parquet
from scaup.cases import Case
from scaup.casework import CaseUnfit, Desk
from scaup.custody import sync_folder, who_writes, write_file
from scaup.disclosure import Pseudonyms
from scaup.errors import MissingInput, ScaupError
from scaup.home import Home, find_project
from scaup.investigations import argue, find_investigation, read_investigation
from scaup.keys import case_secret, key_folder
from scaup.manifest import code_revision
from scaup.project import Parameter, Question
from scaup.questions import ask
from scaup.reports import Report, to_html
from scaup.trail import record
from scaup.warehouse import Snapshot, open_snapshot

FORMAT = 1


class DoesNotReproduce(ScaupError):
    """A question gave another answer than the run had: the message names the exhibit."""


@dataclass(frozen=True)
class Outcome:
    """What a run brought: its answers in order and, of an investigation, its report."""

    questions: tuple[Question, ...]
    answers: tuple[Answer, ...]
    parameters: Mapping[str, object]
    declared: tuple[Parameter, ...]
    version: int
    text: str
    report: Report | None = None


@dataclass(frozen=True)
class Again:
    """One run asked again: its manifest and what came back, equal to what came back then."""

    manifest: Mapping[str, Any]
    outcome: Outcome
    snapshot: Snapshot


def carry_out(kind: str, name: str, given: Mapping[str, object], snapshot: Snapshot, purpose: str) -> Outcome:
    """Ask a question (`ask`) or an investigation (`investigate`) of a snapshot."""
    if kind == "ask":
        question = snapshot.catalogue.question(name)
        answer = ask(question, given, snapshot)
        asked = (answer.parameters, question.parameters)
        return Outcome((question,), (answer,), *asked, question.version, question.sql)
    folder = find_project() / "investigations"
    find_investigation(name, folder)
    return argue_text((folder / f"{name}.md").read_text(encoding="utf-8"), name, given, snapshot, purpose)


def argue_text(
    text: str,
    name: str,
    given: Mapping[str, object],
    snapshot: Snapshot,
    purpose: str,
) -> Outcome:
    """Carry out an investigation from its text, so that a sealed one can be argued again as it was."""

    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / f"{name}.md"
        path.write_text(text, encoding="utf-8")
        investigation = read_investigation(path)
        report = argue(investigation, given, snapshot, purpose=purpose)
    questions = tuple(source.question for source in report.sources)
    return Outcome(
        questions,
        tuple(source.answer for source in report.sources),
        report.parameters,
        tuple(_classed(parameter, questions) for parameter in investigation.parameters),
        investigation.version,
        text,
        report,
    )


def _classed(parameter: Parameter, questions: Iterable[Question]) -> Parameter:
    """An investigation's parameter with the privacy class of the questions' parameter of that name."""
    known = {one.name: one.privacy for question in questions for one in question.parameters}
    return replace(parameter, privacy=known.get(parameter.name, "P2" if parameter.entity else ""))


def run(
    at: Desk,
    case_id: str,
    kind: str,
    name: str,
    given: Mapping[str, object],
    snapshot: Snapshot,
    purpose: str = "",
) -> tuple[Case, dict[str, Any]]:
    """Ask for a case, keep what came back, and enter it in the log. Returns the case and the manifest."""
    made: dict[str, Any] = {}

    def facts(case: Case) -> Mapping[str, Any]:
        if not case.is_open:
            raise CaseUnfit(f"Case {case.id} is closed: nothing is run for it any more.")
        why = purpose or case.purpose
        outcome = carry_out(kind, name, given, snapshot, why)
        run_id = f"R{len(case.runs) + 1}"
        made.update(_manifest(run_id, case, kind, name, outcome, snapshot, why))
        digest = _keep(case.folder / "runs" / run_id, outcome, made)
        _leave_trail(at.home, case, outcome, made)
        return {
            "id": run_id,
            "kind": kind,
            "name": name,
            "manifest_sha256": digest,
            "snapshot_id": snapshot.id,
            "exhibits": len(outcome.answers),
            "rows": sum(answer.row_count for answer in outcome.answers),
            "purpose": why,
        }

    return at.take(case_id, "run", facts), made


def read_manifest(case: Case, run_id: str) -> dict[str, Any]:
    """A run's manifest, checked against the log. Raises CaseUnfit when it is not what was logged."""
    told = next(run for run in case.runs if run.id == run_id)
    path = case.folder / "runs" / run_id / "manifest.json"
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != told.manifest_sha256:
        raise CaseUnfit(f"runs/{run_id}/manifest.json of case {case.id} is not the one that was logged.")
    manifest: dict[str, Any] = json.loads(content)
    return manifest


def exhibit_facts(place: int, question: Question, answer: Answer, snapshot: Snapshot) -> dict[str, Any]:
    """What a manifest says of one answer: enough to ask it again and to see whether it is the same."""
    hashes = snapshot.manifest.get("relations", {})
    return {
        "exhibit": place,
        "question": question.name,
        "version": question.version,
        "sql_sha256": answer.sql_sha256,
        "parameters": json.loads(json_text(dict(answer.parameters))),
        "relations": {name: hashes.get(name) for name in question.relations},
        "columns": [list(pair) for pair in zip(answer.columns, answer.types, strict=True)],
        "row_count": answer.row_count,
        "cut_by": answer.cut_by,
        "absent_inputs": list(answer.absent_inputs),
        "result_sha256": answer.result_sha256,
    }


def stem(place: int, question: Question) -> str:
    """An exhibit's file name without its suffix: its number and its question, never a value."""
    return f"{place:02d}-{question.name}"


def _manifest(
    run_id: str, case: Case, kind: str, name: str, outcome: Outcome, snapshot: Snapshot, purpose: str
) -> dict[str, Any]:
    project = find_project()
    answered = zip(outcome.questions, outcome.answers, strict=True)
    lock = project / "requirements.lock"
    return {
        "format": FORMAT,
        "run": run_id,
        "case": case.uid,
        "kind": kind,
        "name": name,
        "version": outcome.version,
        "text_sha256": hashlib.sha256(outcome.text.encode()).hexdigest(),
        "parameters": json.loads(json_text(dict(outcome.parameters))),
        "snapshot_id": snapshot.id,
        "as_of": snapshot.as_of.isoformat(),
        "snapshot_code": snapshot.manifest.get("code"),
        "code": code_revision(project),
        "dependencies_sha256": hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else None,
        "scaup_version": __version__,
        "duckdb_version": duckdb.__version__,
        "python_version": platform.python_version(),
        "purpose": purpose,
        "who": who_writes(),
        "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "exhibits": [
            exhibit_facts(place, question, answer, snapshot)
            for place, (question, answer) in enumerate(answered, 1)
        ],
    }


def _keep(folder: Path, outcome: Outcome, manifest: dict[str, Any]) -> str:
    """Write a run's folder: whole, by one rename. Returns the hash of its manifest."""
    room = folder.with_name(f".{folder.name}.{os.getpid()}")
    for left in (folder, *folder.parent.glob(".R*")):  # of runs that died before they were logged
        shutil.rmtree(left, ignore_errors=True)
    (room / "exhibits").mkdir(parents=True)
    try:
        pairs = zip(outcome.questions, outcome.answers, manifest["exhibits"], strict=True)
        for place, (question, answer, facts) in enumerate(pairs, 1):
            facts["parquet_sha256"] = _put(
                room / "exhibits" / f"{stem(place, question)}.parquet", to_parquet(answer)
            )
            facts["sql"] = question.sql
        if outcome.report:
            manifest["report_sha256"] = _put(room / "report.html", to_html(outcome.report).encode())
            _put(room / "investigation.md", outcome.text.encode())
        digest = _put(
            room / "manifest.json", (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode()
        )
        room.rename(folder)
    finally:
        shutil.rmtree(room, ignore_errors=True)
    sync_folder(folder.parent)
    return digest


def _put(path: Path, content: bytes) -> str:
    write_file(path, content)
    return hashlib.sha256(content).hexdigest()


def _leave_trail(home: Home, case: Case, outcome: Outcome, manifest: Mapping[str, Any]) -> None:
    """The home's audit trail: who, why, of whom (as a keyed hash), what, and how much came back."""
    named = Pseudonyms(case_secret(key_folder(), case.uid))
    values = sorted(f"{name}={value}" for name, value in outcome.parameters.items())
    record(
        home,
        "case run",
        {
            "case": case.uid,
            "run": manifest["run"],
            "asked": manifest["name"],
            "snapshot_id": manifest["snapshot_id"],
            "purpose": named.fingerprint(manifest["purpose"])
            if manifest["purpose"] != case.purpose
            else "case",
            "subject_hmac": named.fingerprint("|".join(values)),
            "rows": sum(answer.row_count for answer in outcome.answers),
        },
    )


def snapshots_of(case: Case) -> Sequence[str]:
    """The snapshots that the case's runs were asked of: they stay as long as the case does."""
    return sorted({run.snapshot_id for run in case.runs})


def snapshot_of(home: Home, manifest: Mapping[str, Any]) -> Snapshot:
    """The snapshot that a run was asked of. Raises MissingInput when the home lacks it."""
    try:
        return open_snapshot(home, manifest["snapshot_id"])
    except MissingInput as error:
        raise MissingInput(
            f"{manifest['run']} was asked of snapshot {manifest['snapshot_id']}, which {home.root} lacks. "
            f"Copy its folder into {home.snapshots} and try again."
        ) from error


def ask_again(home: Home, manifest: Mapping[str, Any], text: str) -> Again:
    """Ask what a run asked, with the parameters that were bound then, of the snapshot that was asked."""
    snapshot = snapshot_of(home, manifest)
    kind, name = manifest["kind"], manifest["name"]
    given = {key: value for key, value in manifest["parameters"].items() if value is not None}
    if kind == "investigate":
        outcome = argue_text(text, name, given, snapshot, manifest["purpose"])
    else:
        outcome = carry_out(kind, name, given, snapshot, manifest["purpose"])
    return Again(manifest, outcome, snapshot)


def differences(manifest: Mapping[str, Any], outcome: Outcome) -> list[str]:
    """What is not as the manifest has it, each with its exhibit's name; empty when all is equal."""
    found = []
    told, now = manifest["exhibits"], list(zip(outcome.questions, outcome.answers, strict=True))
    for place, facts in enumerate(told):
        where = f"{manifest['run']}.{facts['exhibit']} {facts['question']}"
        if place >= len(now) or now[place][0].name != facts["question"]:
            found.append(f"{where}: it is not asked any more")
            continue
        question, answer = now[place]
        if question.sha256 != facts["sql_sha256"]:
            found.append(
                f"{where}: its SQL is another ({question.sha256[:12]}, was {facts['sql_sha256'][:12]})"
            )
        elif answer.row_count != facts["row_count"]:
            found.append(f"{where}: {answer.row_count:,} rows, were {facts['row_count']:,}")
        elif answer.result_sha256 != facts["result_sha256"]:
            then, today = facts["result_sha256"][:12], answer.result_sha256[:12]
            found.append(f"{where}: as many rows, and others: result {today}, was {then}")
    if len(now) > len(told):
        found.append(f"{manifest['run']}: {len(now)} questions are asked, were {len(told)}")
    return found


def text_of(case: Case, run_id: str) -> str:
    """The investigation as it was when it was run; empty for a question."""
    path = case.folder / "runs" / run_id / "investigation.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""
