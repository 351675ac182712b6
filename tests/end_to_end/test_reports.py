"""Every investigation on a made world: written by the command, whole, still, and inert in a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from scaup.home import find_project
from scaup.investigations import argue, find_investigation, find_investigations
from scaup.reports import to_html, to_json_document, to_markdown
from scaup.warehouse import open_snapshot

NAMES = sorted(find_investigations(find_project() / "investigations"))
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SUBJECTS = {
    "account": "select subject_id from enforcement.risk_scores where subject_type = 'account' "
    "order by bits desc, subject_id limit 1",
    "cluster": "select cluster_id from intermediate.int_account_clusters "
    "order by member_count desc, cluster_id limit 1",
    "mcp_server": "select server_id from features.feat_mcp_versions order by report_count desc, 1 limit 1",
    "report": "select report_id from intermediate.int_user_reports where subject_id is not null "
    "order by 1 limit 1",
    "classifier": "select classifier_id from enforcement.score_outcomes group by 1 "
    "order by count(*) desc, 1 limit 1",
    "signal": "select signal_id from signals.signals group by 1 order by count(*) desc, 1 limit 1",
    "factor": "select unnest(factor_codes) as code from intermediate.int_review_decisions order by 1 limit 1",
    "vendor": "select vendor_id from operations.review_work where vendor_id is not null order by 1 limit 1",
    "sender": "select sender_id from features.feat_copyright_senders order by notice_count desc, 1 limit 1",
}
HOSTILE = "</title><script>alert('x')</script> {{ 7 * 7 }} **b** ' or 1=1 --"


@pytest.fixture(scope="module")
def snapshot(built_home):
    """The made world s, published."""
    return open_snapshot(built_home)


@pytest.fixture(scope="module")
def argued(snapshot):
    """A function that argues an investigation about a subject of that kind, or about one given."""

    def argue_about(name: str, subject: str | None = "typical"):
        investigation = find_investigation(name, find_project() / "investigations")
        given = {}
        if subject is not None and investigation.subject:
            given[investigation.subject] = subject
            if subject == "typical":
                declared = {parameter.name: parameter for parameter in investigation.parameters}
                statement = SUBJECTS[declared[investigation.subject].entity]
                given[investigation.subject] = snapshot.reader.execute(statement).fetchall()[0][0]
        return argue(investigation, given, snapshot, purpose="test")

    return argue_about


class Page(HTMLParser):
    """What a page would load or run, and the policy that it gives itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.acting: list[str] = []
        self.scripts = 0
        self.policy = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag in ("img", "link", "iframe", "object", "embed", "form", "base", "image", "use"):
            self.acting.append(tag)
        self.scripts += tag == "script"
        self.acting += [
            name for name in values if name.startswith("on") or name in ("style", "src", "action")
        ]
        link = values.get("href") or ""
        if link and not re.fullmatch(r"#[a-z0-9-]+|[a-z]+\.html", link):
            self.acting.append(link)
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"] or ""


@pytest.mark.parametrize("name", NAMES)
def test_a_report_on_a_typical_subject_is_whole_and_runs_only_its_own_script(argued, name):
    report = argued(name)
    text = to_html(report)
    page = Page(text)
    assert page.acting == []
    assert page.scripts == 1
    pinned = "default-src 'none'; "
    for tag in ("style", "script"):
        own = text[text.index(f"<{tag}>") + len(tag) + 2 : text.index(f"</{tag}>")]
        pinned += f"{tag}-src 'sha256-{base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()}'; "
    assert page.policy.startswith(pinned)
    assert [exhibit.number for exhibit in report.exhibits] == list(range(1, len(report.exhibits) + 1))
    assert text.count("<figure") == len(report.exhibits)
    assert "\ue000" not in text
    for source in report.sources:
        assert source.answer.result_sha256 in text
        assert source.answer.sql_sha256 in text


@pytest.mark.parametrize("name", NAMES)
def test_the_same_facts_make_the_same_bytes(argued, name):
    for write in (to_html, to_markdown, to_json_document):
        assert write(argued(name)) == write(argued(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_report_on_nobody_says_so_in_words(argued, name):
    report = argued(name, "nobody-has-this-id")
    text = to_markdown(report)
    assert not re.search(r"\bNone\b(?! of)", text)
    assert "What would change our mind?" in text
    if name == "account_triage":
        assert "Nothing is known of nobody-has-this-id in this snapshot." in text


NEEDS_A_SUBJECT = (
    "account_triage",
    "link_expansion",
    "precedent_lookup",
    "route_backtest",
    "threshold_explorer",
)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NEEDS_A_SUBJECT])
def test_without_a_subject_an_investigation_looks_at_all(argued, name):
    assert argued(name, None).sources


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_subject_is_only_shown(argued, name):
    page = Page(to_html(argued(name, HOSTILE)))
    assert page.acting == []
    assert page.scripts == 1


def test_the_planted_cluster_is_argued_with_its_signals_and_its_innocent_explanations(argued):
    report = argued("suspected_distillation", None)
    text = to_markdown(report)
    assert "Coordinated extraction: each observed value beside its threshold" in text
    assert "An evaluation team" in text
    signals = next(source for source in report.sources if source.question.name == "distillation_clusters")
    assert signals.answer.row_count >= 1


def test_the_command_writes_where_it_is_told_and_prints_the_path(built_home, tmp_path):
    def scaup(*words):
        return subprocess.run(
            [sys.executable, "-m", "scaup", "--home", str(built_home.root), *words],
            capture_output=True,
            text=True,
            cwd=find_project(),
            check=False,
        )

    path = tmp_path / "report.json"
    done = scaup(
        "investigate", "sextortion_pattern", "--since", "-60d", "--purpose", "test", "--out", str(path)
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(path)
    assert json.loads(path.read_text())["facts"]["Purpose"] == "test"
    listed = scaup("investigations")
    assert all(name in listed.stdout for name in NAMES)
    helped = scaup("investigate", "account_triage", "--help")
    assert "--account-id" in helped.stdout
    assert "required" in helped.stdout
    missing = scaup("investigate", "account_triage", "--out", str(path))
    assert missing.returncode == 2
    assert "scaup investigate account_triage --account-id" in missing.stderr
    unknown = scaup("investigate", "sextortion_patern")
    assert unknown.returncode == 2
    assert "Did you mean 'sextortion_pattern'?" in unknown.stderr


def test_investigating_loads_nothing_that_builds(built_home, tmp_path):
    program = (
        "import sys\nfrom scaup.cli import cli\n"
        "cli(['investigate', 'account_triage', '--account-id', 'x', '--out', sys.argv[1]], "
        "standalone_mode=False)\n"
        "heavy = {'dbt', 'great_expectations', 'pandas', 'numpy', 'altair'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "report.html")],
        capture_output=True,
        text=True,
        cwd=find_project(),
        env={**os.environ, "SCAUP_HOME": str(built_home.root)},
        check=False,
    )
    assert done.returncode == 0, done.stderr


if BROWSER:  # the parser above checks the same where no browser is installed

    def browse(path, profile):
        """Open a page in a browser; returns what it said on its console and which hosts it asked for."""
        log = profile / "net.json"
        done = subprocess.run(
            [
                *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
                *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
                *("--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr"),
                *(f"--user-data-dir={profile}", f"--log-net-log={log}", "--dump-dom", path.as_uri()),
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        hosts = set(re.findall(r'"url":"https?://([^/"]+)', log.read_text(errors="replace")))
        own = re.compile(r"(.*\.)?(google|googleapis|gstatic|chromium)\.(com|org)")  # the browser's errands
        return (
            [line for line in done.stderr.splitlines() if "CONSOLE" in line],
            {host for host in hosts if not own.fullmatch(host)},
        )

    def test_a_browser_has_nothing_to_complain_of_and_nothing_to_fetch(argued, tmp_path):
        for name in ("suspected_distillation", "account_triage"):
            page = tmp_path / f"{name}.html"
            page.write_text(to_html(argued(name)))
            profile = tmp_path / f"profile-{name}"
            profile.mkdir()
            assert browse(page, profile) == ([], set())

    def test_the_policy_stops_what_an_unescaped_page_would_do(argued, tmp_path):
        page = tmp_path / "bad.html"
        text = to_html(argued("account_triage"))
        planted = "<script>document.title='owned'</script><img src='http://planted.example/x.png'>"
        page.write_text(text.replace("</body>", planted + "</body>"))
        profile = tmp_path / "profile"
        profile.mkdir()
        complaints, hosts = browse(page, profile)
        assert len(complaints) == 2
        assert all("Content Security Policy" in line for line in complaints)
        assert hosts == set()
