"""The leads' pages in a browser, from the file system: no error, nothing that axe calls serious."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from scaup.home import Home
from scaup.site import write_site
from scaup.warehouse import open_snapshot

AXE = "axe-core@4.14.1"
RUN = (
    "axe.run(document,{resultTypes:['violations']}).then(found=>{"
    "const told=document.createElement('pre');told.id='axe-found';"
    "told.textContent=JSON.stringify(found.violations.map(one=>[one.id,one.impact,one.nodes[0].html]));"
    "document.body.append(told);});"
)


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """axe-core's script, from the npm registry. Fails, not skips, where npm is missing."""
    npm = shutil.which("npm")
    assert npm, "npm is needed to check the pages' accessibility: install nodejs and npm"
    folder = tmp_path_factory.mktemp("axe")
    subprocess.run([npm, "install", "--silent", "--no-audit", AXE], cwd=folder, check=True, timeout=300)
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(built_home: Home, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The pages of the built snapshot."""
    return write_site(open_snapshot(built_home), tmp_path_factory.mktemp("leads"), {})


def _browse(page: Path, *options: str) -> subprocess.CompletedProcess[str]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "chromium is needed to open the pages"
    words = (chromium, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0")
    done = subprocess.run(
        [*words, *options, "--virtual-time-budget=20000", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "CONSOLE" not in done.stderr, done.stderr
    return done


def test_a_page_weighs_less_than_three_megabytes(site: list[Path]):
    assert all(page.stat().st_size < 3_000_000 for page in site)


def test_pages_open_without_an_error_and_their_filters_fill_the_numbers(site: list[Path]):
    for page in site[:2]:
        shown = _browse(page).stdout
        values = re.findall(r'<span class="value">([^<]*)</span> <span class="unit">', shown)
        assert values and any(re.search(r"\d", value) for value in values), page.name


@pytest.mark.parametrize("theme", [(), ("--blink-settings=preferredColorScheme=0",)], ids=["light", "dark"])
def test_axe_finds_nothing_serious(site: list[Path], axe: str, tmp_path: Path, theme: tuple[str, ...]):
    for page in site:
        text = page.read_text(encoding="utf-8")
        # The copy that is checked may run axe; the page itself may run nothing but its own script.
        text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
        copy = tmp_path / page.name
        copy.write_text(text.replace("</body>", f"<script>{axe}</script><script>{RUN}</script></body>"))
        found = re.search(r'<pre id="axe-found">(.*?)</pre>', _browse(copy, *theme).stdout, re.DOTALL)
        assert found, f"axe did not end on {page.name}"
        serious = [one for one in json.loads(unescape(found.group(1))) if one[1] in ("serious", "critical")]
        assert serious == [], page.name
