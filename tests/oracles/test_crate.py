"""Sealed packages before independent judges: roc-validator with the Process Run Crate profile, and rocrate.

The validator fetches the JSON-LD context of RO-Crate from the network. Here it gets the one that the
`rocrate` library brings, so that the test says the same offline.
"""

from __future__ import annotations

import email.message
import importlib.resources
import io
import json
import shutil
import urllib.request
import urllib.response
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from rocrate.rocrate import ROCrate
from rocrate_validator import services
from rocrate_validator.models import ValidationSettings
from sealed_case import CASE, make_case

from scaup.seal import seal

CONTEXT = importlib.resources.files("rocrate").joinpath("data/ro-crate.jsonld").read_bytes()
CONTEXT_URL = "https://w3id.org/ro/crate/1.1/context"


class _Context(urllib.request.BaseHandler):
    """Answers for the one address that rdflib asks."""

    handler_order = 10

    def https_open(self, request: urllib.request.Request) -> Any:
        assert request.full_url == CONTEXT_URL
        headers = email.message.Message()
        headers["Content-Type"] = "application/ld+json"
        reply = urllib.response.addinfourl(io.BytesIO(CONTEXT), headers, request.full_url, 200)
        reply.msg = "OK"
        return reply


def _send(adapter: object, request: requests.PreparedRequest, **settings: object) -> requests.Response:
    """Answers for the one address that the validator asks."""
    assert request.url == CONTEXT_URL
    reply = requests.Response()
    reply.status_code, reply.raw, reply.url, reply.request = 200, io.BytesIO(CONTEXT), CONTEXT_URL, request
    reply.headers["Content-Type"] = "application/ld+json"
    return reply


@pytest.fixture(scope="module", autouse=True)
def _offline() -> Iterator[None]:
    urllib.request.install_opener(urllib.request.build_opener(_Context))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests.adapters.HTTPAdapter, "send", _send)
        yield
    urllib.request.install_opener(urllib.request.build_opener())


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """The payload of a legal package, unpacked."""
    keys = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCAUP_KEYS", str(keys))
        sealed = seal(make_case(tmp_path_factory.mktemp("home"), keys, project), CASE, "legal")
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(sealed.path) as archive:
        archive.extractall(folder)
    return next(folder.iterdir()) / "data"


def _issues(crate: Path) -> list[str]:
    settings = ValidationSettings(
        rocrate_uri=str(crate),
        profile_identifier="process-run-crate",
        requirement_severity="RECOMMENDED",
        no_cache=True,
    )
    return [f"{issue.check.identifier} {issue.message}" for issue in services.validate(settings).get_issues()]


def test_roc_validator_accepts_the_crate_and_only_misses_addresses_that_we_do_not_have(crate: Path):
    assert _issues(crate) == [
        "process-run-crate-0.5_5.1 The SoftwareApplication id SHOULD be an absolute URI",
        "ro-crate-1.1_31.2 The organization SHOULD have a URL.",
    ]


def _without_instrument(graph: dict[str, Any]) -> None:
    del graph["#R1"]["instrument"]


def _with_a_file_that_is_not_there(graph: dict[str, Any]) -> None:
    graph["./"]["hasPart"].append({"@id": "gone.csv"})
    graph["gone.csv"] = {"@id": "gone.csv", "@type": "File", "name": "gone"}


@pytest.mark.parametrize(
    ("mistake", "rejects"),
    [(_without_instrument, "process-run-crate-0.5_1"), (_with_a_file_that_is_not_there, "ro-crate-1.1")],
)
def test_roc_validator_rejects_a_planted_mistake(
    crate: Path, tmp_path: Path, mistake: Callable[[dict[str, Any]], None], rejects: str
):
    copy = tmp_path / "crate"
    shutil.copytree(crate, copy)
    metadata = json.loads((copy / "ro-crate-metadata.json").read_text())
    graph = {entity["@id"]: entity for entity in metadata["@graph"]}
    mistake(graph)
    metadata["@graph"] = list(graph.values())
    (copy / "ro-crate-metadata.json").write_text(json.dumps(metadata))
    assert any(issue.startswith(rejects) for issue in _issues(copy))


def test_rocrate_reads_the_runs_with_their_tool_and_their_files(crate: Path):
    read = ROCrate(crate)
    action = read.get("#R1")
    assert action["instrument"]["name"] == "Scaup"
    results = {entity.id for entity in action["result"]}
    assert "runs/R1/exhibits/01-account_activity.parquet" in results
    assert all((crate / name).is_file() for name in results)
