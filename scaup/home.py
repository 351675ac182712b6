"""Where things are kept: the checkout with the models, and the home with the data.

The home holds everything that is not code. It is `$SCAUP_HOME`, else `var/` in the checkout.

    lake/<load id>/            one folder per load, made visible by one rename
        manifest.json          what was read, accepted, repeated and quarantined, per file
        quarantine.parquet     the rows that did not fit, with reason, raw text and line
        <table>/day=2026-03-01/part-0.parquet      tables with a `partition` column: that day, or,
                                                   where it has few rows, days after it, too
        <table>/part-0.parquet                     the others
    packs/                     the small files of old loads, together: copies, for builds (`scaup.packs`)
    staging/<build id>/        a build in progress; nobody reads here
    snapshots/<snapshot id>/   warehouse.duckdb, manifest.json, catalogue.json, health.html
    snapshots/current          a file that holds the current snapshot's id
    spill/                     what readers could not hold in memory, up to $SCAUP_SPILL_LIMIT (`scaup.spill`)
    reports/                   what investigations and pages wrote
    cases/<id>/                one case: its custody log, notes and runs
    packages/                  sealed cases
    worlds/<size>-<seed>/      raw/ and, apart from it, sealed/
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from scaup.errors import MissingInput, UsageError

NOT_IN_A_PATH = frozenset("'\"`{}[]*?\\")  # the models' sources are patterns of files, in SQL, in Jinja


@dataclass(frozen=True)
class Home:
    """The folders below one home."""

    root: Path

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def packs(self) -> Path:
        return self.root / "packs"

    @property
    def staging(self) -> Path:
        return self.root / "staging"

    @property
    def snapshots(self) -> Path:
        return self.root / "snapshots"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def cases(self) -> Path:
        return self.root / "cases"

    @property
    def packages(self) -> Path:
        return self.root / "packages"

    @property
    def worlds(self) -> Path:
        return self.root / "worlds"

    @property
    def spill(self) -> Path:
        return self.root / "spill"


def find_project(start: Path | None = None) -> Path:
    """The checkout: the nearest folder upwards with a dbt_project.yml.

    `$SCAUP_PROJECT` wins; then the current folder and its parents; then the folder that this
    package was installed from.
    """
    if named := os.environ.get("SCAUP_PROJECT"):
        if not (Path(named) / "dbt_project.yml").is_file():
            raise MissingInput(f"SCAUP_PROJECT is {named}, which has no dbt_project.yml. Name the checkout.")
        return Path(named).resolve()
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parent.parent):
        if (folder / "dbt_project.yml").is_file():
            return folder
    raise MissingInput(
        "No Scaup checkout here: no dbt_project.yml in this folder or above it. "
        "Change into the checkout, or set SCAUP_PROJECT to its path."
    )


def find_home(named: str | Path | None = None) -> Home:
    """The home: `--home`, else `$SCAUP_HOME`, else `var/` in the checkout.

    Raises UsageError for an odd path.
    """
    chosen = named or os.environ.get("SCAUP_HOME")
    root = Path(chosen).resolve() if chosen else find_project() / "var"
    return Home(plain_path(root, "home", "--home, or SCAUP_HOME"))


def plain_path(path: Path, what: str, said_by: str) -> Path:
    """The path, if it is nothing else to dbt, to SQL and to a pattern of files. Raises UsageError, which says
    `what` it is of and by what another one is named."""
    odd = sorted(set(str(path)) & NOT_IN_A_PATH)
    if odd or not str(path).isprintable():
        held = " ".join(odd) or "a character that does not print"
        raise UsageError(f"The {what}'s path {str(path)!r} holds {held}. Choose another: {said_by}.")
    return path
