"""Renditions: what a package of a case holds, for whom. One source, two renderings.

`internal` is the case as it is. `legal` and `partner` are disclosures: every answer, parameter and text
passes `scaup.disclosure`. A partner further gets no notes, judgments, elements or decisions, and nobody of
staff by name. Every question is asked again while sealing: what does not reproduce is not sealed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scaup import certificate
from scaup.answers import Answer, json_text, to_csv, to_parquet, visible
from scaup.cases import Case, Note
from scaup.crate import RunEntity, crate
from scaup.disclosure import Pseudonyms, Veil, treatment_of
from scaup.home import Home, find_project
from scaup.project import Question
from scaup.reports import to_html
from scaup.runs import Again, DoesNotReproduce, ask_again, differences, read_manifest, stem, text_of
from scaup.veiling import veiled_report
from scaup.verifier import canonical
from scaup.withholding import read_small_cells

AUDIENCES = ("internal", "legal", "partner")
RECORDS = ("subjects", "notes", "runs", "sources", "judgments", "elements", "decisions", "holds")
PARTNER = ("policy", "opened_at", "as_of", "subjects", "runs", "sources")
LEGAL = (
    *PARTNER,
    "purpose",
    "lead",
    "status",
    "outcome",
    "judgments",
    "elements",
    "decisions",
    "holds",
    "ach",
)
STAFF = ("who", "lead", "reviewer", "second_reviewer", "placed_by")
# Written by us, never typed: ids of our own, hashes, times, names from closed lists.
OURS = (
    *("manifest_sha256", "sha256", "at", "opened_at", "as_of", "placed_at", "released_at", "collected_at"),
    *("snapshot_id", "grade", "action", "clause", "likelihood", "confidence", "kind", "policy", "runs"),
)


@dataclass(frozen=True)
class Rendition:
    """The payload of a package: files by their path below data/, and the facts that its seal states."""

    name: str
    title: str
    files: Mapping[str, bytes]
    facts: Mapping[str, Any]
    sealed_as_of: str


def render(case: Case, home: Home, audience: str, secret: bytes) -> Rendition:
    """The content of a package of the case. `secret` is the case's own, behind its pseudonyms.

    Raises DoesNotReproduce, MissingInput when a snapshot is gone, CaseUnfit when a run's files were changed.
    """
    again = [ask_again(home, read_manifest(case, run.id), text_of(case, run.id)) for run in case.runs]
    pseudonyms = Pseudonyms(secret)
    veil = None if audience == "internal" else _veil(case, again, pseudonyms)
    scribe = _Scribe(case, audience, veil, pseudonyms)
    for run in again:
        scribe.write_run(run)
    return scribe.finish()


def _veil(case: Case, again: Sequence[Again], pseudonyms: Pseudonyms) -> Veil:
    """What a disclosure looks for in every text: all identifiers in all answers, and the subjects. Small
    counts are judged by the rules of the day of the last step: later rules change no package."""
    day = datetime.fromisoformat(case.settled_log[-1].at).date()
    veil = Veil(pseudonyms, read_small_cells(find_project(), day))
    veil.learn(subject.id for subject in case.subjects)
    for run in again:
        for question, answer in zip(run.outcome.questions, run.outcome.answers, strict=True):
            veil.learn_answer(question, answer)
        for parameter in run.outcome.declared:
            if treatment_of(parameter.privacy, parameter.type) != "show":
                veil.learn([run.outcome.parameters.get(parameter.name)], are_names=bool(parameter.entity))
    return veil


class _Scribe:
    """Writes the files of one rendition."""

    def __init__(self, case: Case, audience: str, veil: Veil | None, pseudonyms: Pseudonyms) -> None:
        self.case = case
        self.audience = audience
        self.veil = veil
        self.pseudonyms = pseudonyms
        self.files: dict[str, bytes] = {}
        self.runs: list[RunEntity] = []
        self.exhibits: list[dict[str, Any]] = []
        # An id that people chose may say something; outside a case is known by the start of its uid.
        self.name = f"case-{case.uid[:12]}" if veil else case.id

    def text(self, text: str, place: str) -> str:
        return self.veil.text(text, place) if self.veil else text

    def staff(self, name: str) -> str:
        """Somebody who worked on the case: by name, except for a partner."""
        return self.pseudonyms.of(f"staff:{name}") if name and self.audience == "partner" else name

    def write_run(self, run: Again) -> None:
        """The files of one run. Raises DoesNotReproduce."""
        if found := differences(run.manifest, run.outcome):
            raise DoesNotReproduce(
                "What a run found cannot be found again:\n" + "\n".join(f"  {one}" for one in found)
            )
        folder = f"runs/{run.manifest['run']}"
        manifest = json.loads(json.dumps(run.manifest))
        before = set(self.files)
        for question, answer, facts in zip(
            run.outcome.questions, run.outcome.answers, manifest["exhibits"], strict=True
        ):
            self._write_exhibit(folder, run, question, answer, facts)
        if run.outcome.report:
            self._write_report(folder, run, manifest)
        if self.veil:
            purpose = self.text(manifest["purpose"], f"{folder}/manifest.json")
            manifest["purpose"] = "" if self.audience == "partner" else purpose
            manifest["who"] = self.staff(manifest["who"])
            declared = run.outcome.declared
            manifest["parameters"] = _plain(self.veil.parameters(declared, run.outcome.parameters))
            self._put(f"{folder}/manifest.json", _pretty(manifest))
        else:
            path = self.case.folder / folder / "manifest.json"
            self._put(f"{folder}/manifest.json", path.read_bytes())
        self.runs.append(
            RunEntity(
                id=manifest["run"],
                name=manifest["name"],
                kind=manifest["kind"],
                at=manifest["at"],
                agent=manifest["who"],
                snapshot_id=manifest["snapshot_id"],
                code=str((manifest["code"] or {}).get("revision") or "unknown")[:12],
                version=manifest["scaup_version"],
                files=tuple(sorted(set(self.files) - before)),
            )
        )

    def _write_exhibit(
        self, folder: str, run: Again, question: Question, answer: Answer, facts: dict[str, Any]
    ) -> None:
        label = f"{run.manifest['run']}.{facts['exhibit']}"
        shown = self.veil.answer(question, answer, label) if self.veil else answer
        path = f"{folder}/exhibits/{stem(facts['exhibit'], question)}"
        parquet = to_parquet(shown)
        if not self.veil and hashlib.sha256(parquet).hexdigest() != facts["parquet_sha256"]:
            raise DoesNotReproduce(
                f"{label} {question.name}: the same rows, and another Parquet file than then."
            )
        self._put(f"{path}.parquet", parquet)
        self._put(f"{path}.csv", to_csv(shown).encode("utf-8", "backslashreplace"))
        self._put(f"{path}.sql", question.sql.encode())
        if self.veil:
            facts["original_result_hmac"] = self.pseudonyms.fingerprint(answer.result_sha256)
            facts["result_sha256"] = shown.result_sha256
            facts["parquet_sha256"] = hashlib.sha256(parquet).hexdigest()
            facts["parameters"] = _plain(shown.parameters)
            facts["columns"] = [list(pair) for pair in zip(shown.columns, shown.types, strict=True)]
        self.exhibits.append(
            {
                "label": label,
                "question": question.name,
                "rows": shown.row_count,
                "cut_by": shown.cut_by,
                "snapshot_id": run.snapshot.id,
                "sha256": shown.result_sha256,
            }
        )

    def _write_report(self, folder: str, run: Again, manifest: dict[str, Any]) -> None:
        report = run.outcome.report
        if report is None:
            return
        self._put(f"{folder}/investigation.md", run.outcome.text.encode())
        if self.veil:
            content = to_html(veiled_report(self.veil, report, f"{folder}/report.html")).encode()
            manifest["report_sha256"] = hashlib.sha256(content).hexdigest()
        else:
            content = (self.case.folder / folder / "report.html").read_bytes()
            if hashlib.sha256(content).hexdigest() != manifest["report_sha256"]:
                raise DoesNotReproduce(
                    f"{folder}/report.html of case {self.case.id} was changed since it was written."
                )
        self._put(f"{folder}/report.html", content)

    def finish(self) -> Rendition:
        """The files that speak of the whole case."""
        log = self.case.settled_log
        last = log[-1]
        self._put("case.json", _pretty(self._case()))
        self._put("custody.jsonl", self._custody())
        for note in self.case.notes if self.veil is None else ():
            self._put(note.path, self._note(note))
        title = self.name if self.veil else self.case.title
        count = None
        if self.veil:
            rows = self.veil.redactions.rows
            count = sum(int(str(row["count"])) for row in rows)
            lines = [("place", "what", "how", "count"), *(tuple(map(str, row.values())) for row in rows)]
            self._put("redactions.csv", "".join(",".join(line) + "\r\n" for line in lines).encode())
        facts = self._facts(last.at)
        sheet = certificate.page(
            f"Certificate: {title}",
            self.audience,
            facts,
            self.exhibits,
            {"count": len(log), "at": last.at, "hash": last.hash},
            count,
        )
        self._put("certificate.html", sheet)
        sizes = {path: len(content) for path, content in self.files.items()}
        words = f"Sealed {self.audience} package of a case, with its exhibits, manifests and custody log."
        self._put("ro-crate-metadata.json", crate(title, words, last.at, sizes, self.runs))
        snapshots = sorted({run.snapshot_id for run in self.runs})
        told = {
            "uid": self.case.uid,
            "head": {"seq": last.seq, "hash": last.hash},
            "runs": len(self.runs),
            "exhibits": len(self.exhibits),
            "snapshots": snapshots,
        }
        return Rendition(self.name, title, self.files, told, last.at)

    def _facts(self, at: str) -> list[tuple[str, str]]:
        purpose = visible(self.text(self.case.purpose, "certificate.html"))
        return [
            ("Case", self.name),
            ("Audience", self.audience),
            *([("Purpose", purpose)] if self.audience != "partner" else []),
            ("As of", at),
            ("Snapshots", ", ".join(sorted({run.snapshot_id for run in self.runs})) or "none"),
            ("Code", ", ".join(sorted({run.code for run in self.runs})) or "none"),
        ]

    def _note(self, note: Note) -> bytes:
        content = (self.case.folder / note.path).read_bytes()
        if hashlib.sha256(content).hexdigest() != note.sha256:
            raise DoesNotReproduce(f"{note.path} of case {self.case.id} was changed since it was written.")
        return content

    def _custody(self) -> bytes:
        """The log: inside as it is, outside who did what when, and each entry's hash."""
        lines = []
        for entry in self.case.settled_log:
            if self.veil is None:
                lines.append(entry.line)
                continue
            told = {"seq": entry.seq, "at": entry.at, "who": self.staff(entry.who), "event": entry.event}
            lines.append(canonical({**told, "entry_sha256": entry.hash}) + "\n")
        return "".join(lines).encode("ascii")

    def _case(self) -> dict[str, Any]:
        """The case as a record. Outside, texts are looked through and identifiers replaced."""
        case = self.case
        record: dict[str, Any] = {
            field.name: _plain(getattr(case, field.name))
            for field in dataclasses.fields(case)
            if field.name not in ("folder", "log")
        }
        for name in RECORDS:
            record[name] = [dataclasses.asdict(item) for item in getattr(case, name)]
        record["opened_at"], record["as_of"] = case.opened_at, case.settled_log[-1].at
        if self.veil is None:
            return record
        kept = LEGAL if self.audience == "legal" else PARTNER
        shown = {name: value for name, value in record.items() if name in kept}
        return {**self._veiled(shown), "id": self.name, "uid": case.uid}

    def _veiled(self, value: Any, key: str = "") -> Any:
        """A record outside: staff by the audience's rule, hashes and names of ours as they are."""
        if isinstance(value, dict):
            return {name: self._veiled(one, name) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._veiled(one, key) for one in value]
        if not isinstance(value, str) or key in OURS:
            return value
        if key in STAFF:
            return self.staff(value)
        return self.text(value, f"case.json#{key}")

    def _put(self, path: str, content: bytes) -> None:
        self.files[path] = content


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    return json.loads(json_text(value))


def _pretty(value: Any) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=True) + "\n").encode("ascii")
