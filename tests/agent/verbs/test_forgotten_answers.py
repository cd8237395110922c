"""To forget a person takes no answer away: what others said stays without them, and their own answer still holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from agent.cli.showing.read import document, with_letters
from agent.decide.gate.levels import Kind, Scope
from agent.drafting.draft import draft_due, learn_voice
from agent.judging.judge import judge_changed
from agent.store import upkeep
from agent.store.work import budgets
from providers.base import Role
from tests.peers.houses import ME, MemoryHouse, person
from tests.sim.forged import ASK, FROM, about, furnish, letters, passes, raw, to_tuesday

pytestmark = pytest.mark.slow
EVE, HER = "eve@evil.example", "Eve Malmgren <eve@evil.example>"
NEEDLES = ("evil.example", "malmgren", "eve@")
YES, NO = "We take the green one, order it please.", "Please never write to me again. Remove me from your list."
HERE, FIRST = "<ask0@y.example>", person(0)
HIM, TIE = "{him}", "{tie}"
SAID = {
    "in Cc": (HIM, ME, TIE, YES, f"Cc: {HER}\r\n"),
    "beside in To": (HIM, f"{ME}, {HER}", TIE, YES, ""),
    "to her alone": (HIM, HER, TIE, YES, ""),
    "where answers go": (HIM, ME, TIE, YES, f"Reply-To: {HER}\r\n"),
    "in a header": (HIM, ME, TIE, YES, f"Sender: {HER}\r\nReturn-Path: <{EVE}>\r\n"),
    "in the words": (HIM, ME, TIE, f"{YES} Ask {HER}.", f"Cc: {HER}\r\n"),
    "elsewhere": (HIM, ME, "", YES, f"Cc: {HER}\r\n"),
    "an opt-out elsewhere": (HIM, ME, "", NO, f"Cc: {HER}\r\n"),
    "her own": (HER, ME, TIE, YES, ""),
    "ours to her": (FROM["me"], HER, TIE, "Could you look after this?", ""),
}  # fmt: skip
LAST = len(SAID)


@pytest.fixture
def house() -> Iterator[MemoryHouse]:
    made = MemoryHouse(level="autopilot", drafts="local")
    furnish(made, LAST + 1, to_tuesday(made) - timedelta(days=8))
    # A matter with her alone: of that nothing is to stay.
    put(made, "sent", "<alone@y.example>", FROM["me"], HER, "", about(ASK, 5), asked(made) - timedelta(days=30))
    put(made, "inbox", "<hers@evil.example>", HER, ME, "<alone@y.example>", YES, asked(made) - timedelta(days=29))
    yield made
    made.close()


def asked(house: MemoryHouse) -> datetime:
    return house.home.clock() - timedelta(days=8)


def put(
    house: MemoryHouse, role: str, name: str, sender: str, to: str, refs: str, words: str, at: datetime, head: str = ""
) -> None:
    assert house.server is not None
    mail = raw(name, sender, to, at, words, refs=refs, head=head, subject="Re: Matter")
    house.server.deliver(mail, role=Role(role), received=at)


def say(house: MemoryHouse, said: str) -> None:
    """An answer to the question of its number."""
    number = list(SAID).index(said)
    sender, to, refs, words, head = SAID[said]
    sender, refs = sender.format(him=person(number)), refs.format(tie=f"<ask{number}@y.example>")
    name = f"<re{number}@evil.example>" if sender == HER else f"<re{number}@x{number}.example>"
    at = asked(house) + timedelta(days=1)
    put(house, "sent" if sender == FROM["me"] else "inbox", name, sender, to, refs, words, at, head)


def ready(house: MemoryHouse) -> None:
    house.sync()
    judge_changed(house.home)
    learn_voice(house.home)
    draft_due(house.home)


def forget(house: MemoryHouse) -> None:
    upkeep.forget(house.home.store, EVE)
    learn_voice(house.home)


def asked_again(house: MemoryHouse) -> list[str]:
    """Whom a letter went to within the next days."""
    passes(house, 30)
    return sorted(one for to, _ in letters(house) for one in to)


def left(house: MemoryHouse) -> list[str]:
    """What still names her: in any column of any table, in what is exported, or in any letter."""
    with house.home.store.read() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        lines = [f"{name} {row}" for name in tables for row in connection.exec_driver_sql(f"SELECT * FROM {name}")]
        lines += [f"export {document(row)}" for row in with_letters(connection)]
    lines += [f"letter {letter!r}" for letter in letters(house)]
    return [line for line in lines if any(needle in line.lower() for needle in NEEDLES)]


@pytest.mark.parametrize("door", ["stored before", "comes later"])
def test_no_letter_leaves_where_somebody_answered(house: MemoryHouse, door: str) -> None:
    if door == "stored before":
        for said in SAID:
            say(house, said)
    ready(house)
    forget(house)
    assert left(house) == []
    if door == "comes later":
        for said in SAID:
            say(house, said)
    # The last question, which nobody answered, is asked again: it is the answers that keep the other letters back.
    assert asked_again(house) == [person(LAST)]
    assert left(house) == []


@pytest.mark.parametrize("door", ["stored before", "comes later"])
def test_a_stub_says_why_it_holds_and_nothing_else(house: MemoryHouse, door: str) -> None:
    if door == "stored before":
        say(house, "her own")
    ready(house)
    forget(house)
    if door == "comes later":
        say(house, "her own")
    ready(house)
    tie = f"<ask{list(SAID).index('her own')}@y.example>"
    with house.home.store.read() as connection:
        query = "SELECT sender, subject, body, size, problem, data FROM mail WHERE problem <> ''"
        (stub,) = connection.exec_driver_sql(query).all()
        verdict = connection.exec_driver_sql("SELECT reason FROM thread WHERE root = ?", (tie,)).scalar()
    assert tuple(stub) == (
        "", "", "", 0, "A mail of somebody who was to be forgotten was here.",
        f'{{"irt":["{tie}"],"refs":["{tie}"]}}',
    )  # fmt: skip
    assert verdict == "unsure"


def test_of_a_matter_with_her_alone_nothing_stays(house: MemoryHouse) -> None:
    ready(house)
    forget(house)
    put(house, "inbox", "<again@evil.example>", HER, ME, "<alone@y.example>", YES, house.home.clock())
    put(house, "inbox", "<new@evil.example>", HER, ME, "", YES, house.home.clock())
    put(house, "sent", "<back@y.example>", FROM["me"], HER, "<new@evil.example>", "Which one?", house.home.clock())
    ready(house)
    with house.home.store.read() as connection:
        names = connection.exec_driver_sql("SELECT message_id FROM mail WHERE message_id NOT LIKE '<past%'").scalars()
        assert sorted(names) == sorted(f"<ask{number}@y.example>" for number in range(LAST + 1))
    assert left(house) == []


@pytest.mark.parametrize("door", ["stored before", "comes later"])
def test_who_was_asked_with_her_is_asked_again_alone(house: MemoryHouse, door: str) -> None:
    words = about(ASK, 7)
    if door == "stored before":
        put(house, "sent", "<both@y.example>", FROM["me"], f"him@x9.example, {HER}", "", words, asked(house))
    ready(house)
    forget(house)
    if door == "comes later":
        put(house, "sent", "<both@y.example>", FROM["me"], f"him@x9.example, {HER}", "", words, asked(house))
    assert "him@x9.example" in asked_again(house)
    assert left(house) == []


def test_her_answer_that_comes_before_the_mail_it_answers_holds_it(house: MemoryHouse) -> None:
    ready(house)
    forget(house)
    at = asked(house)
    answer = at + timedelta(days=1)
    put(house, "inbox", "<re@evil.example>", HER, ME, "<late@y.example>", YES, answer)
    put(house, "inbox", "<re9@x9.example>", HER, ME, "<re@evil.example>", YES, answer)
    ready(house)
    put(house, "sent", "<late@y.example>", FROM["me"], f"him@x9.example, {HER}", "", about(ASK, 7), at)
    assert "him@x9.example" not in asked_again(house)
    assert left(house) == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_whoever_takes_the_name_of_a_mail_of_ours_takes_it_from_nobody(house: MemoryHouse, when: str) -> None:
    forged = (HERE, HER, ME, "", "Hello", asked(house) + timedelta(hours=1))
    if when == "before":
        put(house, "inbox", *forged)
    ready(house)
    with house.home.store.write() as change:
        budgets.pause(change, Scope(Kind.THREAD, HERE), None)
    forget(house)
    if when == "after":
        put(house, "inbox", *forged)
    assert FIRST not in asked_again(house)
    with house.home.store.read() as connection:
        roots = connection.exec_driver_sql("SELECT root FROM thread WHERE person = ?", (FIRST,)).scalars().all()
    assert roots == [HERE]


def test_a_pause_of_a_thread_that_begins_with_her_mail_stays(house: MemoryHouse) -> None:
    put(house, "inbox", "<begins@evil.example>", HER, ME, "", "Please ask them.", asked(house) - timedelta(days=1))
    mail = "<begins@evil.example>"
    put(house, "sent", "<goes@y.example>", FROM["me"], "him@x9.example", mail, about(ASK, 7), asked(house))
    ready(house)
    with house.home.store.write() as change:
        budgets.pause(change, Scope(Kind.THREAD, mail), None)
    forget(house)
    with house.home.store.read() as connection:
        ((scope, _),) = budgets.pauses(connection)
    assert scope.value.endswith("@forgotten.invalid>")
    assert left(house) == []
