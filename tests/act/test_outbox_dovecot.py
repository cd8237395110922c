"""The whole way of a letter with a real IMAP server and an SMTP server that may misbehave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest

from agent.act import outbox, reconcile
from tests.peers.dovecot import SENT, Dovecot, dovecot
from tests.peers.smtp_faults import FaultServer, fault_server
from tests.sim import kill_storm
from tests.sim.latency import Site

__all__ = ["dovecot"]
pytestmark = pytest.mark.peer
NAMES = count()


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with fault_server() as opened:
        yield opened


@pytest.fixture
def here(dovecot: Dovecot, server: FaultServer) -> Iterator[Site]:
    opened = Site(dovecot, server, f"outbox{next(NAMES)}")
    opened.asked(1)
    opened.sync()
    yield opened
    opened.close()


def due(here: Site) -> None:
    with here.home.store.write() as change:
        change.connection.exec_driver_sql("UPDATE outbox SET ready_at = ready_at - 60000000")


def test_it_leaves_and_one_copy_lies_in_sent(here: Site, server: FaultServer) -> None:
    made = here.queued(1)
    due(here)
    outbox.pump(here.desk)
    assert here.state(made) == "SENT"
    assert len(server.taken) == 1
    here.desk.seats = tuple(
        type(seat)(seat.name, seat.number, seat.address, seat.own, "no") for seat in here.desk.seats
    )
    for _ in range(2):
        reconcile.file_copies(here.desk)
    here.line.select(f'"{SENT}"')
    assert len(here.line.search(None, "HEADER", "X-Relance-Id", '""')[1][0].split()) == 1


@pytest.mark.parametrize("folder", ["INBOX", "Junk", "Projects/One", "Trash"])
def test_nothing_leaves_after_an_answer_in_any_folder(here: Site, server: FaultServer, folder: str) -> None:
    here.line.create(f'"{folder}"')
    made = here.queued(1)
    here.answer(1, folder)
    due(here)
    outbox.pump(here.desk)
    assert (server.taken, here.state(made)) == ([], "STOPPED")


def test_a_lost_answer_is_found_by_its_copy_in_sent(here: Site, server: FaultServer) -> None:
    made = here.queued(1)
    server.case = "dot_drop_after_store"
    due(here)
    outbox.pump(here.desk)
    assert here.state(made) == "UNCERTAIN"
    here.line.append(f'"{SENT}"', "", "", server.taken[0][2])
    reconcile.reconcile(here.desk)
    assert here.state(made) == "SENT"
    assert here.desk.hold_approved == timedelta(seconds=10)


@pytest.mark.slow
def test_the_real_program_killed_at_random_breaks_no_promise() -> None:
    wrong, words = kill_storm.storm(6, 11, 3)
    assert wrong == [], words
