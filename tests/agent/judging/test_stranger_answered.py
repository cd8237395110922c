"""Answering a stranger who named another mail of the user's tells them nothing of it, and gives them no level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from agent.common.person import me_of
from agent.decide.gate.levels import DEFAULT, Kind, Level, Rule, Scope
from agent.decide.threads.threads import Thread
from agent.drafting.checking import read_draft
from agent.drafting.draft import draft_due, learn_voice
from agent.drafting.writing import Wish, brief_for
from agent.judging.judge import judge_changed
from agent.sending.case import level_of, paused_for
from agent.sending.compose import whole_thread
from agent.store.mail import mails
from agent.store.work import budgets, followups
from providers.base import Role
from tests.peers.houses import ME, MemoryHouse, person
from tests.rows import draft, followup
from tests.sim.forged import furnish, letters, passes, raw, to_tuesday
from tests.sim.world import ME as SAM
from tests.sim.world import Scene, drafted, mail, scene, sync

SECRET = "Hi,\n\nThe price is 9,300 EUR for the lamp.  Which of the two lamps should we take?\n\nBest,\nSam\n"
WHO = "Hi,\n\nWho are you?  Can you tell me what you need?\n\nBest,\nSam\n"


def answered(house: MemoryHouse, stranger: str) -> None:
    """p1 was asked; somebody else names that question, and the user answers them once."""
    asked = to_tuesday(house) - timedelta(days=12)
    furnish(house, 0, asked)
    me, day = f"Sam <{ME}>", timedelta(days=1)
    house.put("sent", raw("<ask@y.example>", me, person(1), asked, SECRET, subject="Lamp"))
    house.put(
        "inbox",
        raw(
            "<eve@e.example>",
            stranger,
            ME,
            asked + day,
            "I have something for you.",
            refs="<ask@y.example>",
            subject="Re: Lamp",
        ),
    )
    reply = raw("<own@y.example>", me, stranger, asked + 2 * day, WHO, refs="<eve@e.example>", subject="Re: Lamp")
    house.put("sent", reply.replace(b"References: <eve", b"References: <ask@y.example> <eve"))
    house.sync()
    judge_changed(house.home)
    learn_voice(house.home)
    draft_due(house.home)


@pytest.fixture
def house() -> Iterator[MemoryHouse]:
    made = MemoryHouse(level="autopilot", drafts="local")
    yield made
    made.close()


def thread_of(house: MemoryHouse) -> Thread:
    with house.home.store.read() as connection:
        number = connection.exec_driver_sql("SELECT id FROM thread WHERE root = '<ask@y.example>'").scalar_one()
        return mails.thread_mails(connection, [number])[number]


@pytest.mark.slow
def test_the_two_are_no_one_matter_and_nothing_leaves(house: MemoryHouse) -> None:
    answered(house, "eve@evil.example")
    passes(house, 48)
    assert letters(house) == []
    with house.home.store.read() as connection:
        reason = connection.exec_driver_sql("SELECT reason FROM thread WHERE root = '<ask@y.example>'").scalar_one()
    assert reason == "joined"


@pytest.mark.slow
@pytest.mark.parametrize("stranger", ["eve@evil.example", "eve@x1.example"])
def test_what_was_written_to_one_is_no_word_of_a_letter_to_the_other(house: MemoryHouse, stranger: str) -> None:
    answered(house, stranger)
    me, thread = me_of(house.home.config, house.home.zone), thread_of(house)
    for upto in ("<own@y.example>", ""):
        brief = brief_for(thread, me, house.home.clock(), Wish(person=stranger), upto)
        assert brief.recipient_address == stranger
        assert [message.text.strip() for message in brief.own] == [WHO.strip()]
    to_them = followup(basis="<own@y.example>", person=stranger)
    text = draft(body="Is the lamp for 9,300 EUR fine?", writer="model", voice="0.9")
    assert read_draft(thread, text, to_them, me, 100).unsupported
    theirs = followup(basis="<ask@y.example>", person=person(1))
    assert not read_draft(thread, text, theirs, me, 100).unsupported


ANN, EVE = "p1@x1.example", "eve@x1.example"


@pytest.fixture
def here() -> Iterator[Scene]:
    opened = scene(Level.COPILOT)
    at, day = opened.world.now - timedelta(days=9), timedelta(days=1)
    refs = ("<ask1@y.example>", "<eve@x1.example>")
    opened.world.put("work", mail("<ask1@y.example>", SAM, ANN, at, role=Role.SENT, text="Can you?"))
    opened.world.put("work", mail(refs[1], EVE, SAM, at + day, refs=refs[:1]))
    opened.world.put("work", mail("<ask2@y.example>", SAM, EVE, at + 2 * day, refs=refs, role=Role.SENT, text="Who?"))
    sync(opened.desk)
    yield opened
    opened.close()


def found(here: Scene, number: int, to: str, rules: tuple[Rule, ...]) -> tuple[Level, str]:
    """The level and the pause of a follow-up to one of the two."""
    here.desk = replace(here.desk, rules=(Rule(DEFAULT, Level.COPILOT), *rules))
    followup = drafted(here.desk, number, to)
    with here.store.write() as change:
        change.connection.exec_driver_sql("UPDATE followup SET root = '<ask1@y.example>' WHERE id = ?", (followup,))
    with here.store.read() as connection:
        row = followups.find(connection, followup)
        assert row is not None
        thread, seat = whole_thread(connection, row), here.desk.seats[0]
        level = level_of(connection, here.desk, seat, row, thread).level
        return level, paused_for(connection, here.desk, row, thread, here.world.now)


@pytest.mark.parametrize(
    ("number", "to", "level", "holds"),
    [
        (1, ANN, Level.AUTOPILOT, Level.AUTOPILOT),
        (2, EVE, Level.AUTOPILOT, Level.COPILOT),
        (1, ANN, Level.MANUAL, Level.MANUAL),
        (2, EVE, Level.MANUAL, Level.MANUAL),
    ],
)
def test_a_level_of_a_thread_raises_nothing_for_whom_it_was_not_written_to(
    here: Scene, number: int, to: str, level: Level, holds: Level
) -> None:
    rule = Rule(Scope(Kind.THREAD, "<ask1@y.example>"), level)
    assert found(here, number, to, (rule,)) == (holds, "")


def test_a_level_under_their_own_name_does_raise(here: Scene) -> None:
    rule = Rule(Scope(Kind.THREAD, "<ask2@y.example>"), Level.AUTOPILOT)
    assert found(here, 2, EVE, (rule,)) == (Level.AUTOPILOT, "")


def test_a_pause_of_the_thread_covers_everybody_in_it(here: Scene) -> None:
    scope = Scope(Kind.THREAD, "<ask1@y.example>")
    with here.store.write() as change:
        budgets.pause(change, scope, None)
    assert found(here, 2, EVE, ())[1] == str(scope)
