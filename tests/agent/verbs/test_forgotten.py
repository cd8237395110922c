"""Who is forgotten leaves nothing behind, whatever became of the letters to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from agent.common.home import Home
from agent.drafting.draft import learn_voice, mails_learned
from agent.mailboxes.sync import sync_account
from agent.sending import outbox, reconcile
from agent.store import upkeep
from agent.store.work import outbox as rows
from agent.verbs import actions
from providers.base import Address, Letter, NotSent, Receipt, Role, Unknown
from tests.agent.small import ME as NOOR
from tests.agent.small import letter as written
from tests.cli.run import relance
from tests.sim.world import ME, Scene, WorldSender, ask, drafted, mail, scene, sync

pytestmark = pytest.mark.slow

WHO, NEIGHBOUR = "p1@x1.example", "ada@example.org"
FAULTS = {"SENT": "ok", "UNCERTAIN": "lost_before", "FAILED": "rcpt_permanent", "DEFERRED": "data_put_off", "HELD": ""}


@pytest.fixture
def here() -> Iterator[Scene]:
    opened = scene()
    yield opened
    opened.close()


def dump(here: Scene) -> str:
    """Every row of every table."""
    with here.store.read() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        return "\n".join(
            f"{table} {connection.exec_driver_sql(f'SELECT * FROM {table}').fetchall()}" for table in tables
        )


def letter(here: Scene, stage: str, *, beside: bool = False) -> int:
    """A letter to them that has come so far; with `beside`, they are the second of two."""
    if beside:
        both = (Address("p2@x2.example"), Address(WHO))
        asked = mail("<ask1@y.example>", ME, WHO, here.world.now, role=Role.SENT, text="Can you?")
        here.world.put("work", replace(asked, to=both))
    else:
        ask(here.world, 1)
    sync(here.desk)
    made = drafted(here.desk, 1, "p2@x2.example" if beside else WHO)
    assert actions.approve(here.desk, made).ok
    here.world.fault = FAULTS[stage] or "ok"
    here.world.pass_time(seconds=40 if FAULTS[stage] else 1)
    outbox.pump(here.desk)
    with here.store.read() as connection:
        row = rows.newest_of(connection, made)
    assert row is not None
    assert row.state == stage
    return made


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "as the second of two"])
@pytest.mark.parametrize("stage", FAULTS)
def test_a_forgotten_person_is_in_no_table(here: Scene, stage: str, beside: bool) -> None:
    letter(here, stage, beside=beside)
    assert WHO in dump(here)
    upkeep.forget(here.store, WHO)
    found = [line for line in dump(here).splitlines() if WHO in line or "x1.example" in line or "Any news" in line]
    assert found == []


@pytest.mark.parametrize("said", [NotSent(f"550 5.1.1 <{WHO}> unknown", permanent=True), Unknown(f"{WHO}: lost")])
def test_the_words_of_a_server_that_name_them_go_too(
    here: Scene, said: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(self: WorldSender, letter: Letter, commit: Callable[[], None]) -> Receipt:
        commit()
        raise said

    monkeypatch.setattr(WorldSender, "send", send)
    ask(here.world, 1)
    sync(here.desk)
    assert actions.approve(here.desk, drafted(here.desk, 1)).ok
    here.world.pass_time(seconds=40)
    outbox.pump(here.desk)
    assert "550" in dump(here) or "lost" in dump(here)
    upkeep.forget(here.store, WHO)
    assert WHO not in dump(here)


def test_a_letter_nobody_can_tell_about_ends_with_them_and_never_leaves(here: Scene) -> None:
    number = letter(here, "UNCERTAIN")
    upkeep.forget(here.store, WHO)
    with here.store.read() as connection:
        row = rows.newest_of(connection, number)
    assert row is not None
    assert (row.state, row.was_uncertain, row.frozen) == ("STOPPED", 1, b"")
    for _ in range(4):
        here.world.pass_time(hours=2)
        reconcile.reconcile(here.desk)
        reconcile.file_copies(here.desk)
        outbox.pump(here.desk)
    assert here.world.delivered == []
    assert here.store.verify().broken_at is None


def test_what_only_grows_is_sealed_again(here: Scene) -> None:
    letter(here, "SENT")
    upkeep.forget(here.store, WHO)
    for table in ("spent", "attempt"):
        with pytest.raises(IntegrityError, match="never changed"), here.store.write() as change:
            change.connection.exec_driver_sql(f"UPDATE {table} SET at = 0")


def test_the_voice_forgets_how_one_wrote_to_them(home_with: Callable[..., Home]) -> None:
    home = home_with()
    at = home.clock() - timedelta(days=3)
    text = "Ahoy Zelda,\n\nWill you come over?\n\nXoxo,\nN."
    for number in range(3):
        raw = written(f"<z{number}@example.org>", NOOR, "zelda@canary.example", at, text, subject="Tea")
        home.servers["home"].deliver(raw, role=Role.SENT, received=at)
    sync_account(home, home.config.account[0])
    learn_voice(home)
    before = mails_learned(home)
    assert {"zelda@canary.example", "Xoxo"} <= found(home)
    done = relance("forget", "zelda@canary.example", "--yes")
    assert done.code == 0, done.err
    assert found(home) == set()
    assert mails_learned(home) == before - 3


def test_forgetting_itself_leaves_no_voice_of_them(home_with: Callable[..., Home]) -> None:
    home = home_with()
    learn_voice(home)
    assert NEIGHBOUR in found(home, NEIGHBOUR)
    upkeep.forget(home.store, NEIGHBOUR)
    assert found(home, NEIGHBOUR) == set()


def found(home: Home, *more: str) -> set[str]:
    """What of them is in any table."""
    with home.store.read() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        told = str([connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall() for table in tables])
    return {word for word in (*more, "zelda@canary.example", "Zelda", "Xoxo", "Ahoy") if word in told}
