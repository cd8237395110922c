"""Whoever is forgotten stands in no table and nowhere in the file, however the words of others named them."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from time import process_time

import pytest

from agent.decide.plans.lifecycle import Stage
from agent.paths import Places
from agent.secrets import Vault, database_key
from agent.store import arrival, upkeep
from agent.store.base import settings
from agent.store.base.audit import Event
from agent.store.base.engine import Store
from agent.store.forgetting import traces as forgetting
from agent.store.mail import mails as stored
from providers.base import Address, Attachment, Mail, Page, Part
from tests.conftest import Ticking
from tests.store.test_mails import add, mail
from tests.store.test_outbox import force, put

ANN, NAME = "ann@secret.example", "Ann Secretname"
HER = Address("Ann@Secret.example", NAME)
BOB = Address("bob@z.example", "Bob")
NEEDLES = (ANN, "secretname", "canary", "secret.example", b64encode(ANN.encode()).decode().rstrip("=")[:20])
ROOT = "<m1@x.example>"
FOREIGN = f"<x{1}@secret.example>"


def bounce(number: int, **values: object) -> Mail:
    return mail(number, sender=Address("mailer-daemon@mx.example"), subject="Undelivered", **values)


def theirs() -> list[Mail]:
    """Mail that goes: from them, and what machines report on nothing but mail to them."""
    status = f"Final-Recipient: rfc822; {ANN.upper()}\nAction: failed"
    return [
        mail(10, 1, message_id=FOREIGN, sender=HER, text="canary"),
        bounce(13, failed=(ANN,), text="canary"),
        bounce(14, parts=(Part("message/delivery-status", status),), text="canary"),
    ]  # fmt: skip


def others() -> list[Mail]:
    """Mail that stays, without them: whatever of it names them."""
    return [
        mail(1, sender=BOB, text="Please ask."),
        mail(
            2, 1, sender=BOB, subject=f"Fwd: {ANN}", references=(ROOT, FOREIGN),
            text=f"{NAME} <{ANN.upper()}> wrote; ask ANN@secret.example.Then wait, or mailto:ann%40secret.example,"
            f' as "ann"@secret.example or Secretname, Ann or Secretname Ann does',
        ),
        mail(3, sender=BOB, text="joann@secretary.example and ann@secretary.example stay."),
        mail(11, sender=BOB, to=(HER, Address("cy@z.example", f"Cy for {ANN}")), text="eleven"),
        mail(12, sender=BOB, cc=(HER,), reply_to=(HER,), text="twelve"),
        bounce(15, headers={"x-failed-recipients": (f"x@y.example, {ANN}",)}, text="fifteen"),
        mail(16, sender=BOB, headers={"sender": (f'"{NAME}" <{ANN}>', "(" * 1500 + ANN)}, text="sixteen"),
        mail(17, sender=BOB, headers={"return-path": ("<news+ann=secret.example@list.example>",)}, text="seventeen"),
        mail(
            18, sender=BOB, headers={"list-unsubscribe": ("<https://l.example/?u=ann%40secret.example>",)}, text="eighteen",
            parts=(
                Part("text/calendar", f"ATTENDEE:mailto:{ANN}", f"{ANN} card.ics"),
                Part("text/calendar", "ATTENDEE:mailto:ann@sec\r\n ret.example"),
            ),
            attachments=(Attachment(f"{ANN} card.pdf", "application/pdf", 9),),
        ),
    ]  # fmt: skip


@pytest.fixture
def plain(where: Places, clock: Ticking) -> Iterator[Store]:
    """A store whose file can be read."""
    opened = Store(where, database_key(Vault(where, keyring=False)) or "", encrypt=False, clock=clock)
    yield opened
    opened.close()


def told(store: Store) -> str:
    """All of every table, and every byte of the file."""
    with store.read() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        rows = str([connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall() for table in tables])
    return (rows + store.places.database.read_bytes().decode("latin-1")).lower()


def left(store: Store) -> list[str]:
    found = told(store)
    return [needle for needle in NEEDLES if needle.lower() in found]


def furnish(store: Store) -> None:
    """Every kind of row that can name them, in matters with somebody else."""
    account = add(store, [*others(), *theirs()])
    letter = f"To: bob@z.example\r\nSubject: a\r\nContent-Transfer-Encoding: base64\r\n\r\n{b64encode(f'{ANN} canary'.encode()).decode()}\r\n"
    # What may be leaving is emptied once it has ended.
    for number, stage in enumerate(Stage):
        basis = json.dumps({"seen": [f"{FOREIGN} {ANN} 1234"], "version": 1})
        made = put(
            store, intent=f"i{number}", root=f"<r{number}@x.example>", message_id=f"<o{number}@x.example>", token=f"t{number}",
            person=BOB.key, recipients=f'["{BOB.key}"]', basis=basis,
            letter=letter.encode() if stage not in {Stage.CLAIMED, Stage.SUBMITTING} else b"To: bob@z.example\r\n\r\nHello",
        )  # fmt: skip
        force(store, made, stage)
    with store.write() as change:
        run = change.connection.exec_driver_sql
        run("UPDATE outbox SET words = ?", (f"550 {ANN}",))
        run(
            "UPDATE thread SET summary = ?, sentence = ?, person = ?, open = 1, changed = 0 WHERE root = ?",
            (json.dumps({"evidence": f"ask {ANN}"}), f"Ask {NAME}.", BOB.key, ROOT),
        )
        run(
            "INSERT INTO enrolment (id, account_id, thread_id, root, person, name, plan, trigger, state, about, made, changed)"
            " VALUES (1, ?, (SELECT id FROM thread WHERE root = ?), ?, ?, 'Bob', 'nudge', 'enrolled', 'active', ?, 0, 0)",
            (account, ROOT, ROOT, BOB.key, f"as {NAME} ({ANN}) said"),
        )
        run(
            "INSERT INTO signal (enrolment_id, words, evidence, at) VALUES (1, ?, ?, 0)",
            (f"met {ANN}", f"https://x/?{ANN}"),
        )
        for touch, state in enumerate(("drafted", "outbox", "stopped"), 1):
            run(
                "INSERT INTO followup (id, plan, kind, level, account_id, thread_id, root, person, subject, touch, basis, state, evidence, made,"
                " changed) VALUES (?, 'nudge', 'mail', 'copilot', ?, (SELECT id FROM thread WHERE root = ?), ?, ?, ?, ?, ?, ?, 'canary', 0, 0)",
                (touch, account, ROOT, FOREIGN, BOB.key, f"Re: {ANN}", touch, FOREIGN, state),
            )
            run(
                "INSERT INTO draft (followup_id, version, writer, subject, body, facts, notes, made)"
                " VALUES (?, 1, 'person', 'a', ?, ?, ?, 0)",
                (touch, f"Hi Bob, {NAME} <{ANN}>", ANN, ANN),
            )
        run(
            "INSERT INTO memory (key, person, words, at) VALUES ('k', ?, ?, 0), ('l', ?, 'canary', 0)",
            (BOB.key, f"cc {ANN}", ANN),
        )
        run("INSERT INTO attempt (outbox_id, number, part, at, evidence) VALUES (1, 1, 'end', 0, ?)", (f"250 {ANN}",))
        run("INSERT INTO model_call (at, what) VALUES (0, ?)", (ANN,))
        run("UPDATE account SET trouble = ?", (f"no {ANN}",))
        settings.put(change, f"pause:person:{ANN}", "")
        settings.put(change, "tie.reading", json.dumps({"said": f"ask {ANN}"}))
        change.record(Event("draft.made", person=BOB.key, detail=f"about {ANN}"), Event("level.set", person=ANN))


def test_they_are_in_no_table_and_nowhere_in_the_file(plain: Store) -> None:
    furnish(plain)
    assert {ANN, "secretname", "canary", "secret.example"} <= set(left(plain))
    assert upkeep.forget(plain, ANN.upper()).mails == len(theirs())
    assert left(plain) == []
    assert "joann@secretary.example and ann@secretary.example stay." in told(plain)
    assert plain.verify().broken_at is None
    with plain.read() as connection:
        run = connection.exec_driver_sql
        assert sorted(run("SELECT message_id FROM mail").scalars()) == [
            f"<m{number}@x.example>" for number in (11, 12, 15, 16, 17, 18, 1, 2, 3)
        ]
        assert [json.loads(text) for text in run("SELECT data FROM mail").scalars()]
        assert [json.loads(text) for text in run("SELECT basis FROM outbox").scalars()]
        summary, changed, judged = run("SELECT summary, changed, open FROM thread WHERE root = ?", (ROOT,)).one()
        assert (summary, changed > 0, judged) == ("", True, 0)
        assert run("SELECT count(*) FROM outbox").scalar() == len(Stage)
        # A text with a hole in it would be sent; what is over keeps its row.
        assert sorted(run("SELECT state FROM followup").scalars()) == ["outbox", "stopped"]
        live = run(
            "SELECT count(*) FROM outbox WHERE state IN ('HELD', 'DEFERRED') AND letter LIKE '%base64%'"
        ).scalar()
        assert live == 0
    with plain.read() as connection:
        kept = stored.thread_mails(connection, range(1, 30))
        assert "Ann" not in str(kept)
        texts = {mail.message_id: mail for thread in kept.values() for mail in thread.mails}
    assert texts["<m11@x.example>"].text == "eleven"
    assert [one.email for one in texts["<m11@x.example>"].to] == ["cy@z.example"]
    assert (texts["<m12@x.example>"].cc, texts["<m12@x.example>"].reply_to) == ((), ())


def test_what_comes_later_is_kept_without_them(plain: Store) -> None:
    account = add(plain, [*others(), *theirs()])
    upkeep.forget(plain, ANN)
    again = [replace(one, key=f"again/{one.key}", message_id=f"<again{n}@x.example>") for n, one in enumerate(theirs())]
    said = [replace(one, key=f"again/{one.key}", message_id=f"<more{n}@x.example>") for n, one in enumerate(others())]
    late = mail(30, sender=BOB, in_reply_to=(FOREIGN,), references=(FOREIGN,), text="An answer to what is gone.")
    with plain.write() as change:
        page = Page(cursor="later", mails=(*again, *said, late))
        # Of their own answer there is a stub, until it is clear that the user wrote nothing to anybody in its thread.
        assert arrival.apply_page(plain, change, account, page) == len(said) + 2
    upkeep.compact(plain)
    found = told(plain)
    assert [needle for needle in (ANN, "canary", "@secret.example") if needle in found] == []
    with plain.read() as connection:
        threads = connection.exec_driver_sql(
            "SELECT thread_id FROM mail WHERE message_id IN (?, ?)", (ROOT, late.message_id)
        ).scalars()
        assert len(set(threads)) == 1
    with plain.write() as change:
        assert forgetting.prune(change) == 0
        stored.set_account(change, account, last_sync=change.now + timedelta(days=2))
        assert forgetting.prune(change) == 1


def test_headers_that_no_parser_ends_and_addresses_without_end_cost_little(plain: Store, clock: Ticking) -> None:
    add(plain, theirs())
    upkeep.forget(plain, ANN)
    clock.now += timedelta(days=1)
    text = " ".join(f"a{number}=b.C.D.E.F.G.H{number}" for number in range(40_000)) + f" {ANN}"
    started = process_time()
    add(plain, [mail(41, sender=BOB, text=text, headers={"sender": ("(" * 1500 + "a@b.example",)})])
    assert process_time() - started < 1
    assert left(plain) == []


def test_a_flood_of_addresses_is_compared_in_little_time(plain: Store, clock: Ticking) -> None:
    add(plain, theirs())
    upkeep.forget(plain, ANN)
    clock.now += timedelta(days=1)
    text = "a+b-c=d.e.f.g.h.i.j.k.l " * 4_000
    add(plain, [mail(40, sender=BOB, text=text)])
    with plain.read() as connection:
        assert (
            connection.exec_driver_sql("SELECT body FROM mail WHERE id = (SELECT max(id) FROM mail)").scalar() == text
        )
