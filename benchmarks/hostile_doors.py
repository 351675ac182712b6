"""The table of doors by corpora: how many hostile strings were taken for anything but data. Must be 0.

    python benchmarks/hostile_doors.py [--json]

Doors out are those of tests/hostile/doors.py; doors in are here: a string as a parameter's value, in a
list, as a text to search for, as the id of a snapshot, the name of a question or case, as a value and as
the name of a file that is loaded. Exit 1 when one string was interpreted.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests"), str(PROJECT / "tests" / "hostile")]

from doors import Row, as_markdown, planted, strings, table  # noqa: E402
from tiny_snapshot import tiny_snapshot  # noqa: E402

from scaup.cases import find_case  # noqa: E402
from scaup.errors import ScaupError  # noqa: E402
from scaup.home import Home  # noqa: E402
from scaup.ingest import ingest  # noqa: E402
from scaup.quarantine import read_quarantine  # noqa: E402
from scaup.questions import ask  # noqa: E402
from scaup.warehouse import Snapshot, connect, open_snapshot  # noqa: E402

Check = Callable[[Snapshot, Home], Sequence[bool | None]]  # None was not tried


def parameter(snapshot: Snapshot, home: Home) -> list[bool]:
    """Nobody has such an id: the answer is the one for nobody."""
    question = snapshot.catalogue.question("account_activity")
    nobody = ask(question, {"account_id": "nobody"}, snapshot).result_sha256
    return [ask(question, {"account_id": text}, snapshot).result_sha256 == nobody for text in planted()]


def in_a_list(snapshot: Snapshot, home: Home) -> list[bool]:
    """Beside a known account in a list, it adds nothing."""
    question = snapshot.catalogue.question("account_picks")
    known = ask(question, {"account_ids": ["acc_1"]}, snapshot).rows
    return [ask(question, {"account_ids": ["acc_1", text]}, snapshot).rows == known for text in planted()]


def searched(snapshot: Snapshot, home: Home) -> list[bool]:
    """As a text to search for, it finds exactly the notes that contain it."""
    question = snapshot.catalogue.question("account_notes")
    notes = planted()
    found = []
    for text in notes:
        rows = ask(question, {"contains": text}, snapshot).rows
        found.append([note for _, note in rows] == [note for note in notes if text in note])
    return found


def refused(look: Callable[[str], object]) -> list[bool]:
    """As a name it is refused with a message of ours, whatever it is."""
    verdicts = []
    for text in planted():
        try:
            look(text)
            verdicts.append(False)
        except ScaupError:
            verdicts.append(True)
    return verdicts


def as_a_value(snapshot: Snapshot, home: Home) -> list[bool]:
    """Loaded as a vendor's name, it is in the lake as it was, or in quarantine with a reason."""
    path = home.root / "vendors.jsonl"
    given = [
        {"vendor_id": f"v{n}", "name": text, "recorded_at": "2026-03-01T00:00:00Z", "source_system": "t"}
        for n, text in enumerate(planted())
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in given), encoding="utf-8")
    load = ingest([path], home, project=PROJECT)
    refused_lines = {row.line for row in read_quarantine(home, load.load_id, limit=100_000)[1]}
    files = list((home.lake / str(load.load_id)).rglob("vendors/*.parquet"))
    with connect() as connection:
        names = [str(path) for path in files]
        rows = connection.execute("select vendor_id, name from read_parquet(?)", [names]).fetchall()
        stored = dict(rows)
    return [(n + 1 in refused_lines) or stored.get(f"v{n}") == text for n, text in enumerate(planted())]


def as_a_file_name(snapshot: Snapshot, home: Home) -> list[bool | None]:
    """As the name of a file, it is loaded from there, or passed over and named, and nothing else is touched.

    Not tried (None) is what no file can be called, and seven of eight others: a file costs what a load does.
    """
    folder = home.root / "named"
    folder.mkdir()
    named: dict[str, Path] = {}
    for n, text in enumerate(planted()):
        path = folder / f"{text}.jsonl"
        if not 0 < len(text.encode()) <= 200 or set("/\0") & set(text) or n % 8 or path.exists():
            continue
        row = {"vendor_id": f"f{n}", "name": "n", "recorded_at": "2026-03-01T00:00:00Z"}
        path.write_text(json.dumps({**row, "source_system": "t"}) + "\n", encoding="utf-8")
        named[text] = path
    before = {path for path in home.root.iterdir()}
    load = ingest([folder], home, table="vendors", project=PROJECT)
    accepted = {file.path for file in load.files if file.rows_accepted == 1}
    # Folders hold notes to oneself, and those begin with a dot or an underscore.
    accepted |= {path for path in load.passed_over if Path(path).name.startswith((".", "_"))}
    assert {path for path in home.root.iterdir()} == before
    return [str(named[text]) in accepted if text in named else None for text in planted()]


DOORS_IN: dict[str, Check] = {
    "in: a parameter": parameter,
    "in: a list": in_a_list,
    "in: a search": searched,
    "in: a snapshot's id": lambda snapshot, home: refused(lambda text: open_snapshot(home, text)),
    "in: a question's name": lambda snapshot, home: refused(snapshot.catalogue.question),
    "in: a case's id": lambda snapshot, home: refused(lambda text: find_case(home, text, [])),
    "in: a loaded value": as_a_value,
    "in: a loaded file's name": as_a_file_name,
}


def doors_in(snapshot: Snapshot, home: Home) -> list[Row]:
    """The doors in by corpora."""
    rows = []
    for door, check in DOORS_IN.items():
        verdicts = check(snapshot, home)
        start = 0
        for corpus, texts in strings().items():
            part = verdicts[start : start + len(texts)]
            wrong = tuple(text for text, held in zip(texts, part, strict=True) if held is False)
            rows.append(Row(door, corpus, sum(held is not None for held in part), wrong))
            start += len(texts)
    return rows


def main(arguments: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        snapshot = tiny_snapshot(Path(folder) / "home", notes=planted())
        answer = ask(snapshot.catalogue.question("account_notes"), {}, snapshot)
        rows = doors_in(snapshot, Home(Path(folder) / "home")) + table(answer, snapshot, Path(folder))
    interpreted = sum(len(row.interpreted) for row in rows)
    if "--json" in arguments:
        doors = len({row.door for row in rows})
        tried = sum(row.count for row in rows)
        print(
            json.dumps(
                {"doors": doors, "strings": len(planted()), "tried": tried, "interpreted": interpreted}
            )
        )
    else:
        print(as_markdown(rows))
    for row in rows:
        for text in row.interpreted[:3]:
            print(f"{row.door}, {row.corpus}: {text!r}", file=sys.stderr)
    sys.exit(1 if interpreted else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
