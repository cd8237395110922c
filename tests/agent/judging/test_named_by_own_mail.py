"""What a person decided about a thread stays decided, whoever writes into it under which names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from agent.decide.gate.levels import Kind, Level, Scope
from agent.drafting.draft import draft_due, learn_voice
from agent.judging.judge import judge_changed
from agent.store.shown import views
from agent.store.work import budgets
from agent.verbs import actions
from tests.peers.houses import ME, MemoryHouse, person
from tests.sim.forged import furnish, letters, passes, raw, to_tuesday

pytestmark = pytest.mark.slow
ASK = Scope(Kind.THREAD, "<ask0@y.example>")
READ = "This is a receipt for the mail you sent. It says only that the message was displayed.\r\n"
TICKET = "Thank you for your message. We have received your request, ticket #77.\r\n"


@pytest.fixture
def house() -> Iterator[MemoryHouse]:
    made = MemoryHouse(level="autopilot", drafts="local")
    asked = to_tuesday(made) - timedelta(days=8)
    furnish(made, 1, asked)
    made.sync()
    judge_changed(made.home)
    learn_voice(made.home)
    draft_due(made.home)
    yield made
    made.close()


def number(house: MemoryHouse) -> int:
    with house.home.store.read() as connection:
        return next(row.id for row in views.listed(connection) if row.person == person(0))


def manual(house: MemoryHouse) -> None:
    with house.home.store.write() as change:
        budgets.set_level(change, ASK, Level.MANUAL, Level.AUTOPILOT)


def paused(house: MemoryHouse) -> None:
    with house.home.store.write() as change:
        budgets.pause(change, ASK, None)


DECIDED: dict[str, Callable[[MemoryHouse], object]] = {
    "stopped": lambda house: actions.stop(house.desk, number(house)),
    "skipped": lambda house: actions.skip(house.desk, number(house)),
    "snoozed": lambda house: actions.snooze(house.desk, number(house), house.home.clock() + timedelta(days=60)),
    "at manual": manual,
    "paused": paused,
}
MAILS = {
    "a ticket": ("support@tickets.example", "<ticket-77@tickets.example> <ask0@y.example>", TICKET, "Auto-Submitted: auto-replied\r\n"),
    "an older root": ("eve@evil.example", "<zzz@evil.example> <ask0@y.example>", READ, ""),
    "a receipt": ("eve@evil.example", "<a@evil.example> <b@evil.example> <ask0@y.example>", "Thanks, received.\r\n", ""),
}  # fmt: skip


@pytest.mark.parametrize("mail", MAILS)
@pytest.mark.parametrize("decided", DECIDED)
def test_no_mail_of_others_undoes_it(house: MemoryHouse, decided: str, mail: str) -> None:
    DECIDED[decided](house)
    sender, refs, words, head = MAILS[mail]
    old = house.home.clock() - timedelta(days=40)
    house.put("inbox", raw("<n@x.example>", sender, ME, old, words, refs=refs.split()[-1], head=head).replace(
        b"References: <ask0@y.example>", f"References: {refs}".encode()))  # fmt: skip
    house.sync()
    passes(house, 48)
    assert letters(house) == []
    with house.home.store.read() as connection:
        about = [row for row in views.listed(connection) if row.person == person(0)]
        roots = connection.exec_driver_sql("SELECT root FROM thread WHERE person = ?", (person(0),)).scalars().all()
    assert roots == ["<ask0@y.example>"]
    assert len(about) <= 1


def test_without_a_decision_it_leaves(house: MemoryHouse) -> None:
    passes(house, 48)
    assert [to for to, _ in letters(house)] == [(person(0),)]
