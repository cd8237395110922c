"""`try` uses the config's model where there is one, says when it could not, and leaves a row of what left."""

from __future__ import annotations

import json
import mailbox
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.common.home import Home
from agent.store.work import model_calls
from tests.agent.small import BO, BODIES, ME, QUIET, letter, model_config
from tests.cli.run import Ran, relance
from tests.voice.endpoint import Behaviour, serving

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
GOOD = "Hiya Bo,\n\nAny news on the two offers?  Which of the two should we take?\n\nTa,\nNoor"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    box = mailbox.mbox(tmp_path / "export.mbox")
    for number in range(12):
        text = f"Hiya Ada,\n\n{BODIES[number % 5]}\n\nTa,\nNoor\n"
        at = NOW - timedelta(days=60 + 3 * number)
        box.add(letter(f"<own{number}@example.org>", ME, "ada@example.org", at, text, subject="Garden"))
    box.add(letter("<a1@example.org>", ME, BO, NOW - timedelta(days=12), QUIET, subject="Terrace"))
    box.close()
    return tmp_path / "export.mbox"


def tried(export: Path, *more: str) -> tuple[dict[str, object], Ran]:
    ran = relance("try", str(export), "--me", ME, "--now", NOW.isoformat(), "--drafts", "--json", *more)
    assert ran.code == 0, ran.err
    rows = [json.loads(line) for line in ran.out.splitlines()]
    return next(row["draft"] for row in rows if row["person"] == BO), ran


def configured(home: Path, url: str, **more: str) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_text(model_config(url, **more))


def test_the_config_s_model_writes_and_is_written_down(private_home: Path, export: Path) -> None:
    behaviour = Behaviour(json.dumps({"body": GOOD}))
    with serving(behaviour) as url:
        configured(private_home, url)
        draft, _ = tried(export)
        assert (draft["writer"], draft["body"]) == ("model", GOOD)
        assert "example of how they write" in behaviour.requests[0]["messages"][1]["content"]
        plain, _ = tried(export, "--no-model")
    assert (plain["writer"], len(behaviour.requests)) == ("phrasebook", 1)
    with Home.usual() as home, home.store.read() as connection:
        (row,) = model_calls.used(connection)
    assert (row.calls, row.host, row.local) == (1, "127.0.0.1", 1)


def test_a_model_that_cannot_be_reached_is_said_to_be(private_home: Path, export: Path) -> None:
    configured(private_home, "http://127.0.0.1:9/v1")
    draft, _ = tried(export)
    assert draft["writer"] == "phrasebook"
    assert draft["notes"][0] == "Written without the model: endpoint did not answer."
    said = relance("try", str(export), "--me", ME, "--now", NOW.isoformat(), "--drafts").out
    assert "Written without the model: endpoint did not answer." in said


def test_a_remote_endpoint_is_not_asked_while_egress_is_local(private_home: Path, export: Path) -> None:
    configured(private_home, "https://api.example.org/v1")
    draft, _ = tried(export)
    assert "egress is local: only this machine may be asked" in draft["notes"][0]


def test_without_a_config_nothing_is_made(private_home: Path, export: Path) -> None:
    draft, _ = tried(export)
    assert draft["writer"] == "phrasebook"
    assert not private_home.exists()


def test_judging_alone_asks_no_model(private_home: Path, export: Path) -> None:
    behaviour = Behaviour(GOOD)
    with serving(behaviour) as url:
        configured(private_home, url)
        assert relance("try", str(export), "--me", ME, "--now", NOW.isoformat()).code == 0
    assert behaviour.requests == []
