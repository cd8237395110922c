"""Copies are whole, restores are noticed, and a forgotten person leaves no trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.decide.plans.lifecycle import Stage
from agent.decide.values import Me
from agent.errors import StoreError, UsageError
from agent.judging.hearing import hear_before
from agent.paths import Places
from agent.secrets import Vault, database_key
from agent.store import arrival, upkeep
from agent.store.base import settings
from agent.store.base.audit import Event
from agent.store.base.engine import Store
from agent.store.mail import mails as stored
from agent.store.mail import verdicts
from agent.store.work import budgets, outbox
from agent.store.work.outbox import LetterClaim
from providers.base import Address, Page
from tests.conftest import Ticking
from tests.store.test_mails import NOW, add, mail
from tests.store.test_outbox import BAD, put, submitted


def reopen(where: Places) -> Store:
    return Store(where, database_key(Vault(where, keyring=False)) or "")


def test_a_copy_is_encrypted_checked_and_restorable(store: Store, where: Places) -> None:
    add(store, [mail(0, subject="First")])
    copy = upkeep.backup(store)
    assert not copy.read_bytes().startswith(b"SQLite")
    add(store, [mail(1, subject="Second")])
    store.close()
    kept = upkeep.restore(where, store.file_key, copy, "now")
    assert kept is not None
    assert kept.exists()
    again = reopen(where)
    with again.read() as connection:
        assert connection.exec_driver_sql("SELECT subject FROM mail").scalars().all() == ["First"]
    again.close()


def test_the_audit_log_says_that_a_restored_store_is_older_than_its_anchor(store: Store, where: Places) -> None:
    with store.write() as change:
        change.record(Event("one"))
    copy = upkeep.backup(store)
    with store.write() as change:
        change.record(Event("two"))
    store.close()
    upkeep.restore(where, store.file_key, copy, "now")
    again = reopen(where)
    assert "are gone" in again.verify().problem
    again.close()


def test_a_restored_store_is_recognised_as_another_life(store: Store, where: Places) -> None:
    settings.next_life(store)
    copy = upkeep.backup(store)
    settings.next_life(store)
    assert settings.same_life(store)
    store.close()
    upkeep.restore(where, store.file_key, copy, "now")
    again = reopen(where)
    assert not settings.same_life(again)
    again.close()


def test_only_the_newest_copies_are_kept(store: Store, clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> None:
    assert upkeep.KEPT_COPIES == 7
    monkeypatch.setattr(upkeep, "KEPT_COPIES", 1)
    made = []
    for _ in range(2):
        made.append(upkeep.backup(store))
        clock.forward(days=1)
    assert list(store.places.backups.glob("relance-*.db")) == made[-1:]


def test_a_damaged_copy_is_refused_and_nothing_changes(store: Store, where: Places, tmp_path: Path) -> None:
    bad = tmp_path / "bad.db"
    bad.write_bytes(b"nonsense" * 1000)
    before = where.database.read_bytes()
    with pytest.raises(StoreError, match="damaged"):
        upkeep.restore(where, store.file_key, bad, "now")
    assert where.database.read_bytes() == before


def test_a_copy_never_overwrites(store: Store, tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("precious")
    with pytest.raises(UsageError, match="exists already"):
        upkeep.backup(store, tmp_path / "x.db")


def test_a_forgotten_person_leaves_no_trace_and_does_not_come_back(store: Store, where: Places) -> None:
    secret = Address("zelda@secret.example", "Zelda Canary")
    add(
        store,
        [
            mail(0, sender=secret, subject="canary subject", text="canary words"),
            mail(1, sender=Address("me@x.example"), to=(secret,), text="canary answer"),
            mail(2),
        ],
    )
    with store.write() as change:
        change.record(
            Event("draft.made", object="followup:1", content="canary", person=secret.key, detail="to Zelda canary")
        )
    erased = upkeep.forget(store, "Zelda@Secret.example")
    assert erased.mails == 2
    add(store, [mail(5, sender=secret, text="canary again")])
    with store.read() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        dump = str([connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall() for table in tables])
    assert "canary" not in dump.lower()
    assert "zelda" not in dump.lower()
    assert "m2@x.example" in dump
    assert store.verify().broken_at is None
    store.anchor()
    assert store.verify().complete


def listen(store: Store) -> Callable[[datetime], object]:
    return lambda limit: hear_before(store, Me(), limit)


def test_old_texts_are_emptied_but_who_wrote_when_stays(store: Store, clock: Ticking) -> None:
    add(store, [mail(0, text="old words"), mail(1, text="new words", received=NOW + timedelta(days=300))])
    clock.forward(days=366)
    assert upkeep.trim(store, 365) == 0, "it may forbid to write, and nobody has listened to it"
    listen(store)(clock.now - timedelta(days=365))
    assert upkeep.trim(store, 365) == 1
    with store.read() as connection:
        rows = connection.exec_driver_sql("SELECT message_id, body FROM mail ORDER BY id").fetchall()
    assert [tuple(row) for row in rows] == [("<m0@x.example>", ""), ("<m1@x.example>", "new words")]


def test_a_thread_kept_for_somebody_else_is_not_judged_without_its_mails(store: Store) -> None:
    gone = Address("zelda@secret.example", "Zelda")
    number = add(store, [mail(0, sender=gone)])
    with store.write() as change:
        change.connection.exec_driver_sql("UPDATE thread SET open = 1, person = ?", (gone.key,))
        change.connection.exec_driver_sql(
            "INSERT INTO enrolment (account_id, thread_id, root, person, plan, trigger, state, made, changed)"
            " VALUES (?, 1, '<m0@x.example>', 'ann@x.example', 'nudge', 'enrolled', 'active', 0, 0)",
            (number,),
        )
    upkeep.forget(store, gone.key)
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM thread").scalar() == 1
        assert verdicts.open_threads(connection) == []


def test_a_page_of_a_forgotten_person_still_moves_the_cursor(store: Store) -> None:
    number = add(store, [mail(0)])
    upkeep.forget(store, "ann@x.example")
    with store.write() as change:
        assert arrival.apply_page(store, change, number, Page(cursor="later", mails=(mail(9),))) == 0
    with store.read() as connection:
        assert stored.cursor(connection, number) == "later"


def test_texts_past_their_time_are_emptied_once_a_day_and_who_wrote_stays(store: Store, clock: Ticking) -> None:
    later = NOW + timedelta(days=400)
    add(store, [mail(0, subject="Old", text="Then."), mail(1, subject="New", text="Now.", received=later, date=later)])
    clock.now = later
    assert upkeep.trim_daily(store, 365, listen(store)) == 1
    with store.read() as connection:
        kept = connection.exec_driver_sql("SELECT subject, body <> '' FROM mail ORDER BY id").all()
    assert [tuple(row) for row in kept] == [("Old", 0), ("New", 1)]
    assert upkeep.trim_daily(store, 30, listen(store)) == 0


ZELDA = "zelda@secret.example"


def letter_to(store: Store, clock: Ticking, *people: str) -> LetterClaim:
    """Being handed to the server."""
    named = json.dumps(list(people))
    made = put(store, person=people[0], recipients=named, letter=f"To: {named}\r\n".encode(), root="<r@secret.example>")
    claim = submitted(store, clock, made)
    with store.write() as change:
        budgets.take(change, budgets.BudgetUse(1, made, "<r@secret.example>", people[0], "secret.example"))
    return claim


def dump(store: Store) -> str:
    with store.read() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        return str([connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall() for table in tables]).lower()


@pytest.mark.parametrize("end", [Stage.SENT, Stage.DEFERRED, Stage.UNCERTAIN])
@pytest.mark.parametrize("people", [(ZELDA,), ("bo@other.example", ZELDA)])
def test_a_letter_that_may_be_leaving_is_emptied_as_soon_as_it_has_ended(
    store: Store, clock: Ticking, end: Stage, people: tuple[str, ...]
) -> None:
    claim = letter_to(store, clock, *people)
    upkeep.forget(store, ZELDA)
    more = {"ready_at": clock.now} if end is Stage.DEFERRED else {}
    with store.write() as change:
        assert outbox.conclude(change, claim, end, "said", evidence=f"250 ok {ZELDA}", **more)
        if end is Stage.UNCERTAIN:
            outbox.transition(change, claim.number, end, Stage.NEEDS_REVIEW, code="not_found")
    with store.read() as connection:
        kept = outbox.one(connection, claim.number)
    assert kept is not None
    assert kept.state == ("SENT" if end is Stage.SENT else "STOPPED")
    assert (kept.letter, kept.frozen, kept.recipients, kept.person) == (b"", b"", "[]", "")
    assert "zelda" not in dump(store)


def test_what_was_sent_and_what_the_voice_learned_keep_no_name(store: Store, clock: Ticking) -> None:
    claim = letter_to(store, clock, ZELDA)
    with store.write() as change:
        outbox.conclude(change, claim, Stage.SENT, "accepted", evidence=f"250 {ZELDA} ok")
        settings.put(change, settings.PROFILE, json.dumps({"people": {ZELDA: {"greeting": "Dearest Zelda"}}}))
    upkeep.forget(store, ZELDA)
    assert "zelda" not in dump(store)
    assert "r@secret" not in dump(store)
    with pytest.raises(BAD), store.write() as change:
        change.connection.exec_driver_sql("UPDATE spent SET person = 'x'")
