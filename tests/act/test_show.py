"""`show` tells what would leave, to whom, and what every check says."""

from __future__ import annotations

import json

import pytest

from agent.act.draft import draft_due
from agent.act.home import Home
from tests.act.test_judge import read_and_judge
from tests.cli.run import relance

pytestmark = pytest.mark.slow


def test_the_document_holds_the_letter_s_hash_its_recipients_and_every_check(
    demo_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_and_judge(demo_home)
    draft_due(demo_home)
    monkeypatch.setattr(Home, "usual", classmethod(lambda _cls, _file=None: demo_home))
    with demo_home.store.read() as connection:
        number = connection.exec_driver_sql("SELECT min(id) FROM followup WHERE state = 'drafted'").scalar_one()
    told = json.loads(relance("show", str(number), "--json").out)
    assert told["recipients"] == [told["person"]]
    assert len(bytes.fromhex(told["letter_sha256"])) == 32
    assert {"answered", "recipients", "level", "facts"} <= {check["name"] for check in told["checks"]}
    assert 0 < told["draft"]["voice"] <= 1
