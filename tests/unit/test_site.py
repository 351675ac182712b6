"""The leads' pages: whole, linked to each other, and each number with what it is out of."""

from __future__ import annotations

import re

import pytest

from scaup.errors import UsageError
from scaup.site import write_site
from scaup.warehouse import open_snapshot


@pytest.fixture(scope="module")
def pages(built_home, tmp_path_factory):
    """The pages of the built snapshot, by file name."""
    folder = tmp_path_factory.mktemp("site")
    written = write_site(open_snapshot(built_home), folder, {})
    return {path.name: path.read_text(encoding="utf-8") for path in written}


def test_there_is_an_overview_a_page_of_enforcement_and_the_data_health_of_the_snapshot(pages, built_home):
    assert list(pages) == [
        "index.html",
        "enforcement.html",
        "appeals.html",
        "signals.html",
        "review_operations.html",
        "vendors.html",
        "user_reports.html",
        "copyright.html",
        "evaluations.html",
        "health.html",
        "definitions.html",
    ]
    assert pages["health.html"] == (open_snapshot(built_home).folder / "health.html").read_text()


def test_every_link_leads_to_a_page_or_a_part_that_is_there(pages):
    for name in ("index.html", "enforcement.html"):
        anchors = {f"#{found}" for found in re.findall(r'\bid="([^"]+)"', pages[name])}
        links = set(re.findall(r'href="([^"]+)"', pages[name]))
        defined = {
            f"definitions.html#{found}" for found in re.findall(r'\bid="([^"]+)"', pages["definitions.html"])
        }
        assert links - anchors - defined <= pages.keys()
        assert "#sources" in links


def test_every_exhibit_names_its_source_its_rows_and_how_fresh_they_are(pages):
    exhibits = re.findall(r"<figure.*?</figure>", pages["enforcement.html"], re.DOTALL)
    assert len(exhibits) >= 8
    for exhibit in exhibits:
        assert re.search(r'<a href="#source-\d+">Source \d+, [a-z_]+</a>: .*?rows?', exhibit, re.DOTALL)
        assert re.search(r"where the data end|data to 20\d\d-", exhibit)


def test_the_shares_stand_beside_their_denominators_and_intervals(pages):
    page = pages["enforcement.html"][pages["enforcement.html"].index("<main>") :]
    for words in ("Proactive: actions on our own initiative", "Automation: decided fully or partly"):
        table = page[page.index(words) :]
        heads = re.findall(r"<th[^>]*>([^<]*)</th>", table[: table.index("</thead>")])
        assert heads == ["Policy ID", "Part", "Actions", "Share", "Share low", "Share high"]


def test_the_same_snapshot_makes_the_same_pages(pages, built_home, tmp_path):
    again = write_site(open_snapshot(built_home), tmp_path / "site", {})
    assert {path.name: path.read_text(encoding="utf-8") for path in again} == pages


def test_a_folder_that_cannot_be_written_is_named(built_home, tmp_path):
    (tmp_path / "site").write_text("a file")
    with pytest.raises(UsageError, match="cannot be written"):
        write_site(open_snapshot(built_home), tmp_path / "site", {})
