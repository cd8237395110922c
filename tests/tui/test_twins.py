"""Every verb of the screens exists as a command, and leaves the same rows behind on a twin of the store."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from agent.cli import COMMANDS
from agent.common.home import Home
from agent.decide.plans.lifecycle import Stage
from agent.paths import Places
from agent.running.desk_setup import desk_for
from agent.store.work import outbox
from agent.verbs import actions
from bench.tui import fill
from tests.cli.run import relance
from tui import keys
from tui.door.real import RealDoor
from tui.door.values import ScreenDoor, Told
from tui.text import Foreign

pytestmark = pytest.mark.slow

LATER = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=9)
DAY = f"{LATER:%Y-%m-%d} 09:00"
TEXT = "Hello,\n\ncould you let me know about this matter?\n\nSam"


def digest(door: RealDoor) -> str:
    seen = door.matter(1)
    assert seen is not None
    return seen.digest


def silent(text: Foreign) -> None:
    del text


def both(first: Told, second: Told) -> Told:
    return second if first.ok else first


Verb = Callable[[RealDoor], Told]
TWINS: dict[str, list[tuple[Verb, tuple[str, ...]]]] = {
    "approve": [(lambda door: door.approve(1, digest(door)), ("approve", "1"))],
    "edit": [(lambda door: door.edit(1, TEXT), ("edit", "1", "--body-file", "-"))],
    "redo": [(lambda door: door.redo(1, "", silent, lambda: False), ("redo", "1"))],
    "choose": [
        (lambda door: door.edit(1, TEXT), ("edit", "1", "--body-file", "-")),
        (lambda door: door.choose(1, 1), ("redo", "1", "--version", "1")),
    ],
    "snooze": [(lambda door: door.snooze(1, LATER), ("snooze", "1", DAY))],
    "skip": [(lambda door: door.skip(1), ("skip", "1"))],
    "stop": [(lambda door: door.stop(1), ("stop", "1"))],
    "undo": [
        (lambda door: door.approve(1, digest(door)), ("approve", "1")),
        (lambda door: door.undo(1), ("undo", "1")),
    ],
    "pause": [(lambda door: door.pause(LATER), ("pause", "--until", DAY))],
    "resume": [(lambda door: door.pause(), ("pause",)), (lambda door: door.resume(), ("resume",))],
    "set_level": [(lambda door: door.set_level("manual", ""), ("level", "default", "manual"))],
    "settle": [(lambda door: door.settle(1, "sent", ""), ("settle", "1", "sent"))],
    "write_letter": [
        (lambda door: door.set_level("manual", ""), ("level", "default", "manual")),
        (lambda door: both(door.approve(1, digest(door)), door.write_letter(1)), ("approve", "1", "--eml", "FILE")),
    ],
    "export_log": [(lambda door: door.export_log(), ("audit", "export"))],
}
ROWS = {
    "followup": "id, state, plan, touch, level, hold, reason, until",
    "draft": "followup_id, version, writer, subject, body",
    "outbox": "followup_id, state, person, approved_by, code",
    "level": "kind, value, level",
    "event": "seq, actor, event, object, from_state, to_state, code",
}


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("twins")
    fill(folder, mails=8, followups=3)
    text = (folder / "config.toml").read_text(encoding="utf-8")
    (folder / "config.toml").write_text(text.replace("Europe/Paris", "UTC"), encoding="utf-8")
    return folder


def home_of(folder: Path) -> Home:
    return Home(Places(folder / "config.toml", folder / "data", folder / "state", folder / "logs"))


def rows(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    with home_of(folder) as home, home.store.read() as connection:
        found = {}
        for name, wanted in ROWS.items():
            known = {row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({name})")}
            columns = ", ".join(column for column in wanted.split(", ") if column in known)
            read = connection.exec_driver_sql(f"SELECT {columns} FROM {name} ORDER BY 1, 2")
            found[name] = [tuple(row) for row in read]
        pauses = connection.exec_driver_sql("SELECT name, value FROM setting WHERE name LIKE 'pause%'")
        return {**found, "pauses": [tuple(row) for row in pauses]}


def by_screen(folder: Path, verbs: list[tuple[Verb, tuple[str, ...]]]) -> list[bool]:
    with home_of(folder) as home:
        door = RealDoor(home, desk_for(home))
        answers = [verb(door).ok for verb, _ in verbs]
        door.close()
    return answers


def test_every_verb_of_the_door_has_a_twin() -> None:
    verbs = {name for name, method in vars(ScreenDoor).items() if callable(method) and returns_told(method)}
    assert verbs == set(TWINS)


def returns_told(method: Any) -> bool:
    return get_type_hints(method).get("return") is Told


def test_every_key_that_acts_names_a_command_there_is() -> None:
    named = {key.command for key in keys.KEYS if key.command}
    assert named <= set(COMMANDS)
    used = {words[0] for verbs in TWINS.values() for _, words in verbs}
    assert used <= set(COMMANDS)
    reading = {"list", "show", "why", "voice"}
    assert named - reading <= used


def test_every_action_is_reached_from_both_sides() -> None:
    known = {name for name in vars(actions) if name in {*TWINS, "set_level", "approve_by_policy", "view"}}
    assert {"approve", "edit", "snooze", "skip", "stop", "undo", "pause", "resume", "set_level", "settle"} <= known


@pytest.mark.parametrize("name", TWINS)
def test_a_key_and_its_command_leave_the_same_rows(
    name: str, twins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyed, typed = tmp_path / "keyed", tmp_path / "typed"
    for folder in (keyed, typed):
        shutil.copytree(twins, folder)
    before = rows(keyed)
    answers = by_screen(keyed, TWINS[name])
    monkeypatch.setenv("RELANCE_HOME", str(typed))
    file = str(typed / "letter.eml")
    said = [relance(*(file if word == "FILE" else word for word in words), stdin=TEXT) for _, words in TWINS[name]]
    assert [ran.code == 0 for ran in said] == answers, [ran.err for ran in said]
    assert rows(typed) == rows(keyed)
    if name not in {"settle", "export_log"}:
        assert all(answers), [ran.err for ran in said]
        assert rows(keyed) != before, "the verb did something"


LOST = (Stage.HELD, Stage.CLAIMED, Stage.SUBMITTING, Stage.UNCERTAIN)
NOT_FOUND = (*LOST, Stage.NEEDS_REVIEW)
NEVER_TRIED = (Stage.HELD, Stage.NEEDS_REVIEW)
SETTLED = [
    (LOST, ("sent",), "SENT"),
    (LOST, ("cancel",), "UNCERTAIN"),
    (NOT_FOUND, ("sent",), "SENT"),
    (NOT_FOUND, ("cancel",), "CANCELLED"),
    (NOT_FOUND, ("again",), "NEEDS_REVIEW"),
    (NOT_FOUND, ("resend", "send it"), "NEEDS_REVIEW"),
    (NOT_FOUND, ("resend", "send it again"), "HELD"),
    (NEVER_TRIED, ("again",), "HELD"),
]


@pytest.mark.parametrize(("stages", "words", "ends"), SETTLED)
def test_a_letter_nobody_knows_about_is_settled_alike_on_both_sides(
    stages: tuple[Stage, ...], words: tuple[str, ...], ends: str, twins: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    keyed, typed = tmp_path / "keyed", tmp_path / "typed"
    shutil.copytree(twins, keyed)
    with home_of(keyed) as home:
        door = RealDoor(home, desk_for(home))
        assert door.approve(1, digest(door)).ok
        with home.store.write() as change:
            for start, end in pairwise(stages):
                values = {"was_uncertain": 1} if end is Stage.UNCERTAIN else {}
                assert outbox.transition(change, 1, start, end, **values)
        door.close()
    shutil.copytree(keyed, typed)
    (answer,) = by_screen(keyed, [(lambda door: door.settle(1, words[0], words[1] if words[1:] else ""), ())])
    monkeypatch.setenv("RELANCE_HOME", str(typed))
    said = relance("settle", "1", words[0], *(("--typed", words[1]) if words[1:] else ()))
    assert (said.code == 0) == answer, said.err
    found = rows(typed)
    assert found == rows(keyed)
    assert [row[1] for row in found["outbox"]] == [ends]


def test_the_list_of_threads_is_the_one_of_watching(twins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELANCE_HOME", str(twins))
    with home_of(twins) as home:
        door = RealDoor(home, desk_for(home))
        every, due = door.watching(0, 500, "", ""), door.watching(0, 500, "", "due")
        door.close()
    listed = [json.loads(line) for line in relance("list", "--threads", "--json").out.splitlines()]
    assert [one["subject"] for one in listed] == [row.subject.raw for row in every.rows]
    assert len(relance("list", "--threads", "--reason", "due").out.splitlines()) == due.total + 1
    assert "No threads with the reason held." in relance("list", "--threads", "--reason", "held").out
    assert len(relance("list", "--reason", "due", "--json").out.splitlines()) == 3
    assert "No follow-ups with the reason too_old." in relance("list", "--reason", "too_old").out
    assert relance("list", "--threads", "--state", "HELD").code == 2
