"""A thread of very many mails is read in part, and what was left out holds it."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from sqlalchemy import event

from agent.decide.values import Me
from agent.judging.condensing import condense
from agent.store import arrival
from agent.store.base.engine import Store
from agent.store.mail import long_threads, origins
from agent.store.mail import mails as stored
from agent.store.mail.long_threads import MOST, MOST_CHARACTERS, SHORT, TOO_MANY, together
from providers.base import Address, Mail, Origin, Page, Role
from providers.mail.mime import MOST_TEXT
from tests.store.test_mails import add, mail

ME = "me@x.example"


def asked(number: int = 0) -> Mail:
    text = "Could you tell me by Friday? " * 200
    return mail(number, sender=Address(ME), to=(Address("ann@x.example"),), role=Role.SENT, text=text)


@pytest.fixture(autouse=True)
def own(store: Store) -> None:
    origins.settle(store, [ME], {})


def read(store: Store) -> tuple[Mail, ...]:
    with store.read() as connection:
        (number,) = connection.exec_driver_sql("SELECT id FROM thread").scalars()
        return stored.thread_mails(connection, [number])[number].mails


def test_many_mails_that_are_not_long_are_read_whole(store: Store) -> None:
    add(store, [asked(), *(mail(number, 0, text="x" * 2000) for number in range(1, 200))])
    assert {(len(one.text), one.problem) for one in read(store)[1:]} == {(2000, "")}


def test_beyond_the_limit_the_older_ones_are_shortened_and_hold_the_thread(store: Store) -> None:
    add(store, [asked(), *(mail(number, 0, text="x" * 50_000) for number in range(1, 60))])
    found = read(store)
    assert len(found) == 60
    assert found[0].text == asked().text
    assert found[0].origin is Origin.SENT
    whole = MOST_CHARACTERS // 50_000
    assert {(len(one.text), one.problem) for one in found[1:-whole]} == {(SHORT, TOO_MANY)}
    assert {(len(one.text), one.problem) for one in found[-whole:]} == {(50_000, "")}


def test_more_mails_than_are_read_hold_the_thread_under_its_own_name(store: Store) -> None:
    account = add(store, [asked(), *(mail(number, number - 1, text="yes") for number in range(1, MOST + 50))])
    found = read(store)
    assert len(found) == MOST + 1
    assert [one.problem for one in found if one.problem] == [TOO_MANY]
    with store.read() as connection:
        (thread,) = stored.thread_mails(connection, stored.changed_threads(connection, account)).values()
        (root,) = connection.exec_driver_sql("SELECT root FROM thread").scalars()
    assert thread.key == root == "<m0@x.example>"
    summary, _ = condense(thread, Me(addresses=(ME,)))
    assert summary.problem


def test_judging_a_thread_takes_little_however_large_it_is(store: Store) -> None:
    condense(stored.assemble([asked()]), Me(addresses=(ME,)))
    text = "\U0001f600" + "yes we go on. " * (MOST_TEXT // 14)
    for start in range(1, 151, 50):
        add(store, [asked()], [mail(number, 0, text=text) for number in range(start, start + 50)])
    with store.read() as connection:
        (number,) = connection.exec_driver_sql("SELECT id FROM thread").scalars()
        tracemalloc.start()
        stored.thread_mails(connection, [number])
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        started = time.process_time()
        condense(stored.thread_mails(connection, [number])[number], Me(addresses=(ME,)))
    assert most < 50_000_000
    assert time.process_time() - started < 2


def test_no_text_is_read_to_name_a_thread(store: Store) -> None:
    said: list[str] = []
    add(store, [asked()])
    with store.write() as change:
        event.listen(change.connection.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
        arrival.apply_page(store, change, 1, Page(cursor="9", mails=(mail(1, 0),)))
    reading = [one for one in said if one.startswith("SELECT") and "mail.data" in one]
    assert reading
    assert not any("mail.body" in one for one in reading)


def test_threads_are_taken_a_few_at_a_time_and_never_none(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    account = add(store, [mail(number, size=60_000) for number in range(9)])
    monkeypatch.setattr(long_threads, "TOGETHER", 200_000)
    with store.read() as connection:
        changed = stored.changed_threads(connection, account)
        assert len(together(connection, changed)) == 3
        monkeypatch.setattr(long_threads, "TOGETHER", 1)
        assert len(together(connection, changed)) == 1
        assert together(connection, {}) == {}
