"""`show` tells what would leave, to whom, and what every check says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from agent.common.home import Home
from agent.drafting.draft import draft_due
from agent.store.shown import views
from tests.agent.judging.test_judge import read_and_judge
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


@pytest.mark.parametrize("end", ["HELD", "SENT"])
def test_a_letter_stands_alike_in_list_and_show(end: str, demo_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    read_and_judge(demo_home)
    draft_due(demo_home)
    monkeypatch.setattr(Home, "usual", classmethod(lambda _cls, _file=None: demo_home))
    relance("level", "default", "copilot", "--yes-raise")
    number = json.loads(relance("list", "--state", "drafted", "--json").out.splitlines()[0])["id"]
    assert "What speaks against sending it now" in relance("show", number).out
    assert relance("approve", number, "--at-once").code == 0
    kept = views.letters
    now = {"state": end, "sent_copy": "pending", "words": "The mailbox is full."}
    monkeypatch.setattr(
        views, "letters", lambda *asked: {key: replace(row, **now) for key, row in kept(*asked).items()}
    )
    (listed,) = [json.loads(line) for line in relance("list", "--state", end, "--json").out.splitlines()]
    told = json.loads(relance("show", number, "--json").out)
    assert {key: told[key] for key in listed} == listed
    said = relance("show", number).out
    assert "speaks against" not in said
    assert ("has no copy of it yet, which is tried again: The mailbox is full." in said) is (end == "SENT")
    assert ("== Sent\nA server took it as" if end == "SENT" else "== On its way\nHELD: leaves") in said
