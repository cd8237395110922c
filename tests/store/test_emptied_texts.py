"""What stopped a matter goes on stopping it once its text was emptied, by this code or by code before it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from agent.common.home import Home
from agent.judging import rules_changed
from agent.judging.judge import judge_changed
from agent.paths import Places, places
from agent.store import arrival, upkeep
from agent.store.base import settings
from agent.store.mail import emptied_texts, people, standing
from agent.store.mail import mails as stored
from agent.store.shown import views
from providers.base import Address, Mail, Page, Part, Role
from tests.conftest import Ticking

ME, ANN = Address("sam@mine.example", "Sam"), Address("ann@x.example", "Ann")
ASK, SAID = "<ask@mine.example>", "<said@x.example>"
CONFIG = """
[me]
name = "Sam"
timezone = "UTC"
[storage]
encrypt = false
[[account]]
name = "work"
provider = "memory"
address = "sam@mine.example"
"""
REPORT = Part("message/delivery-status", "Final-Recipient: rfc822; ann@x.example\nAction: failed\nStatus: 5.1.1")
ACCEPTED = Part(
    "text/calendar",
    "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nSUMMARY:Offer\r\n"
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@x.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
)
SAYINGS = {
    "declined": "No, thank you. We are not interested.",
    "opted_out": "Please never write to me again. Remove me from your list.",
    "left": "I have left the company. This mailbox is not read any more.",
    "booked": "Accepted.",
    "answered": "We take the blue one, please order it.",
    "bounced": "Undeliverable: the address ann@x.example does not exist.",
}


@pytest.fixture
def where(private_home: Path) -> Places:
    private_home.mkdir(parents=True)
    (private_home / "config.toml").write_text(CONFIG)
    return places()


def question(clock: Ticking, name: str = ASK, days: int = 400, **more: object) -> Mail:
    at = clock.now - timedelta(days=days)
    return Mail(
        f"Sent/{name}", name, at, at, ME, (ANN,), subject="Offer", text="Which of the two should we take?",
        folder="Sent", role=Role.SENT, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def said(clock: Ticking, kind: str) -> Mail:
    at = clock.now - timedelta(days=399)
    values: dict[str, object] = {"sender": ANN, "subject": "Re: Offer"}
    if kind == "bounced":
        values = {
            "sender": Address("mailer-daemon@mine.example"), "parts": (REPORT,), "failed": (ANN.email,),
            "subject": "Undelivered Mail Returned to Sender",
        }  # fmt: skip
    if kind == "booked":
        values["parts"] = (ACCEPTED,)
    return Mail(
        "INBOX/said", SAID, at, at, to=(ME,), references=(ASK,), in_reply_to=(ASK,), text=SAYINGS[kind],
        folder="INBOX", **values,  # type: ignore[arg-type]
    )  # fmt: skip


def put(home: Home, *mails: Mail) -> None:
    with home.store.write() as change:
        number = stored.account_number(change, "work", "memory", ME.email)
        arrival.apply_page(home.store, change, number, Page(cursor=str(len(mails)), mails=mails))


def verdict(home: Home) -> str:
    with home.store.write() as change:
        settings.drop(change, rules_changed.NAME)
    judge_changed(home)
    with home.store.read() as connection:
        return str(views.verdict_row(connection, ASK).reason)  # type: ignore[union-attr]


def held(home: Home) -> bool:
    """Whether a letter to them in any thread is held."""
    with home.store.read() as connection:
        return bool(
            people.opted_out(home.store, connection, [ANN.key]) or people.bounced(home.store, connection, [ANN.key])
        )


@pytest.mark.parametrize("kind", SAYINGS)
def test_read_again_it_still_stops(where: Places, clock: Ticking, kind: str) -> None:
    home = Home(where, clock=clock, keyring=False)
    put(home, question(clock), said(clock, kind))
    assert verdict(home) == kind
    assert upkeep.trim(home.store, 365) == 2
    assert verdict(home) == kind
    assert verdict(home) == kind
    note = Mail("INBOX/n", "<note@y.example>", clock.now, clock.now, Address("eve@y.example"), (ME,), references=(ASK,),
                subject="Re: Offer", text="Note.", folder="INBOX")  # fmt: skip
    put(home, note)
    assert verdict(home) == (kind if kind in {"declined", "opted_out"} else "answered")
    assert held(home) is (kind in {"opted_out", "bounced"})
    home.close()


def emptied_before(home: Home) -> None:
    """A store as the code before left it: texts gone, nothing noted of them."""
    with home.store.write() as change:
        change.connection.exec_driver_sql("UPDATE mail SET body = ''")
        change.connection.exec_driver_sql("DELETE FROM standing")
        settings.drop(change, emptied_texts.INHERITED)
    home.close()


@pytest.mark.parametrize("kind", SAYINGS)
def test_what_an_older_store_knew_is_kept(where: Places, clock: Ticking, kind: str) -> None:
    home = Home(where, clock=clock, keyring=False)
    put(home, question(clock), said(clock, kind))
    assert verdict(home) == kind
    emptied_before(home)
    home = Home(where, clock=clock, keyring=False)
    assert verdict(home) == kind
    with home.store.write() as change:
        rows = change.connection.exec_driver_sql("SELECT kind FROM standing").scalars().all()
    assert set(rows) == ({"opted_out": {"opt_out"}, "bounced": {"bounced"}}.get(kind, set()))
    home.close()


def test_what_the_user_lifted_is_not_written_anew(where: Places, clock: Ticking) -> None:
    home = Home(where, clock=clock, keyring=False)
    put(home, question(clock), said(clock, "opted_out"))
    assert verdict(home) == "opted_out"
    with home.store.write() as change:
        assert standing.lift(home.store, change, ANN.key)
        settings.drop(change, emptied_texts.INHERITED)
    home.close()
    home = Home(where, clock=clock, keyring=False)
    with home.store.read() as connection:
        assert not standing.opted_out(home.store, connection, [ANN.key])
    home.close()


def test_a_question_after_an_emptied_answer_is_judged_like_any_other(where: Places, clock: Ticking) -> None:
    home = Home(where, clock=clock, keyring=False)
    put(home, question(clock), said(clock, "answered"))
    assert verdict(home) == "answered"
    upkeep.trim(home.store, 365)
    put(home, question(clock, "<again@mine.example>", days=1, references=(ASK, SAID)))
    assert verdict(home) == "waiting"
    home.close()
