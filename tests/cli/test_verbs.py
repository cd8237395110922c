"""Every verb exists on the command line, and says what it did."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.cli import COMMANDS, SECTIONS, cli
from agent.cli.doing.verbs import hand_over, later
from agent.common.outcome import Done
from agent.errors import UsageError
from providers.base import Letter
from providers.mail.freeze import NO_DATE
from tests.cli.run import relance

CONTRACT = [
    "demo",
    "setup",
    "sync",
    "run",
    "status",
    "list",
    "show",
    "why",
    "approve",
    "edit",
    "redo",
    "snooze",
    "skip",
    "stop",
    "undo",
    "pause",
    "resume",
    "level",
    "enroll",
    "import",
    "signal",
    "owed",
    "quiet",
    "hook",
    "plans",
    "try",
    "inspect",
    "voice",
    "audit",
    "export",
    "stats",
    "languages",
    "doctor",
    "forget",
    "backup",
    "restore",
    "service",
    "config",
    "completion",
    "version",
]
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))


def test_every_command_of_the_contract_is_there_and_explains_itself() -> None:
    assert set(CONTRACT) <= set(COMMANDS)
    for name in COMMANDS:
        ran = relance(name, "--help")
        assert ran.code == 0, name
        assert "Usage:" in ran.out, name


def test_help_lists_every_command_once() -> None:
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(COMMANDS)
    said = relance("--help").out
    assert [name for name in listed if f"\n  {name} " not in said] == []


DAYS = [
    ("3d", datetime(2026, 11, 21, 9, 0)), ("2w", datetime(2026, 12, 2, 9, 0)), ("mon", datetime(2026, 11, 23, 9, 0)),
    ("wed", datetime(2026, 11, 25, 9, 0)), ("2026-12-01", datetime(2026, 12, 1, 9, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("word", "day"), DAYS)
def test_days_are_read_as_people_type_them(word: str, day: datetime) -> None:
    assert later(word, NOW).replace(tzinfo=None) == day


@pytest.mark.parametrize("word", ["soon", "2020-01-01", "", "99999999d", "0"])
def test_days_that_are_none_say_so(word: str) -> None:
    with pytest.raises(UsageError):
        later(word, NOW)


@pytest.fixture
def configured(private_home: Path) -> Path:
    private_home.mkdir(parents=True, exist_ok=True)
    (private_home / "config.toml").write_text("")
    return private_home


def test_verbs_on_nothing_say_so(configured: Path) -> None:
    for verb in ("approve", "skip", "stop", "undo"):
        ran = relance(verb, "7")
        assert ran.code in {1, 2, 5}, verb
        assert ran.err, verb
    assert relance("approve", "x").code == 2
    assert relance("undo").code == 2


def test_pause_and_resume_are_seen_in_status(configured: Path) -> None:
    assert relance("pause").code == 0
    assert "PAUSED" in relance("status").out
    assert relance("resume").code == 0
    assert "PAUSED" not in relance("status").out


def test_raising_a_level_needs_its_word_and_lowering_does_not(configured: Path) -> None:
    assert relance("level", "ann@x.example", "copilot").code != 0
    assert relance("level", "ann@x.example", "copilot", "--yes-raise").code == 0
    assert "copilot    person:ann@x.example" in relance("level").out
    assert relance("level", "ann@x.example", "manual").code == 0
    assert relance("level", "not a scope", "manual").code == 2


def test_status_tells_the_levels_that_hold_now(configured: Path) -> None:
    scope = '[gate]\nlevel = "copilot"\n[[gate.scope]]\nlevel = "manual"\ndomain = "x.example"\n'
    (configured / "config.toml").write_text(scope)
    assert "Level: copilot; manual for domain:x.example." in relance("status").out
    assert relance("level", "default", "manual").code == 0
    assert relance("level", "ann@x.example", "autopilot", "--yes-raise").code == 0
    assert "Level: manual; manual for domain:x.example; autopilot for person:ann@x.example." in relance("status").out
    document = json.loads(relance("status", "--json").out)
    assert document["level"] == "manual"
    assert document["levels"] == {"domain:x.example": "manual", "person:ann@x.example": "autopilot"}
    assert [line.split() for line in relance("level").out.splitlines()] == [
        ["manual", "domain:x.example"], ["manual", "default"], ["autopilot", "person:ann@x.example"],
    ]  # fmt: skip


def test_a_pass_without_accounts_reads_nothing(configured: Path) -> None:
    ran = relance("run", "--once")
    assert ran.code == 0
    assert "sent 0" in ran.out


def test_plans_are_listed_with_their_touches(configured: Path) -> None:
    assert "ask the open question again" in relance("plans").out
    (configured / "config.toml").write_text('[plans.gentle]\ntouches = [ { after = "soon", job = "x" } ]\n')
    ran = relance("plans")
    assert ran.code == 2
    assert "gentle" in ran.err


def test_the_service_can_be_looked_at_without_being_installed(configured: Path) -> None:
    ran = relance("--config", str(configured / "config.toml"), "service", "install", "--print")
    assert ran.code == 0
    # Started by the system it has neither, and would work in another home without being told.
    assert f"RELANCE_HOME={configured}" in ran.out
    assert f'"--config" "{configured}/config.toml" "run"' in ran.out


def test_the_screen_needs_a_terminal() -> None:
    ran = relance()
    assert ran.code == 2
    assert "needs a terminal" in ran.err
    assert cli.name


def test_a_letter_handed_over_as_a_file_has_the_day_of_today(tmp_path: Path) -> None:
    raw = f"Date: {NO_DATE}\r\nTo: ann@partner.example\r\n\r\nHi\r\n".encode()
    done = Done(
        True, "yours", "", letter=Letter("<a@b.example>", "a", "sam@okafor.example", ("ann@partner.example",), raw)
    )
    hand_over(done, tmp_path / "one.eml", NOW)
    assert (tmp_path / "one.eml").read_bytes().startswith(b"Date: Wed, 18 Nov 2026 10:00:00 +0100\r\nTo:")
