"""Each gate refuses to publish the fault that is planted before it, and says how to see it."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from door import scaup
from small import add_requests, small_project, write

from scaup import publish
from scaup.build import Refused, build
from scaup.home import Home

QUIET_SIGNAL = """select 'account' as subject_type, account_id as subject_id
from {{ ref("feat_days") }}
where request_count > 5
"""
QUIET_SIGNAL_YML = """models:
  - name: sig_busy
    description: One row per busy account.
    columns:
      - {name: subject_type, description: The kind.}
      - {name: subject_id, description: The account.}
unit_tests:
  - name: five_requests_are_seen
    model: sig_busy
    given:
      - input: ref('feat_days')
        format: csv
        rows: |
          account_id,request_count
          busy,5
    expect:
      format: csv
      rows: |
        subject_type,subject_id
        account,busy
"""


def test_a_quiet_canary_and_a_personal_value_stop_a_build(tmp_path: Path, project: Path) -> None:
    (tmp_path / "checkout").mkdir()
    checkout = small_project(tmp_path / "checkout", project)
    home = Home(tmp_path / "home")
    write(checkout / "models/marts/signals/sig_busy.sql", QUIET_SIGNAL)
    write(checkout / "models/marts/signals/sig_busy.yml", QUIET_SIGNAL_YML)
    add_requests(home, checkout, "leak", prefix="jane.doe+")
    add_requests(home, checkout, "mail", prefix="jane@example.org/")
    with pytest.raises(Refused) as refused:
        build(home, checkout)
    told = str(refused.value)
    assert "signals.sig_busy fires on its canaries (five_requests_are_seen) (1 canary)" in told
    assert "features.feat_days holds no e-mail address, IP address or telephone number (3 rows)" in told
    assert publish.current_id(home) is None
    (see,) = [line.split("scaup ")[1] for line in told.splitlines() if "feat_days_impersonal" in line]
    shown = scaup(home.root, *shlex.split(see), "--format", "csv").stdout
    assert shown.count("jane@example.org/") == 3 and "jane.doe+" not in shown
