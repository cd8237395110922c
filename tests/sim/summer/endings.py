"""What ends, holds or moves a plan in the summer: each as somebody would do it, in the mailbox or at the program."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.decide.gate.levels import Kind, Scope
from agent.verbs import actions, hooks
from agent.verbs.switches import pause
from tests.peers.houses import ME
from tests.sim.summer.boxes import OTHER, beside
from tests.sim.summer.cast import WORDS, greeted

if TYPE_CHECKING:
    from datetime import datetime

    from tests.sim.summer.play import Life, Play

ROBOTS = Path(__file__).parents[2] / "decide" / "robots"
Act = Callable[["Play", "Life", "datetime"], None]
BETWEEN, DRAFTED, HOLD = "between", "drafted", "hold"
MOMENTS = (BETWEEN, DRAFTED, HOLD)
"""Between two letters, while one is drafted, or while one is approved and waits; in the last two only the last look sees it."""
DAYS_MOVED = 21


@dataclass(frozen=True)
class Ending:
    """One thing that happens, and what it must do to a plan."""

    name: str
    act: Act
    says: tuple[str, ...] = ()
    """One of these stands in what `why` says."""
    does: str = "ends"
    """ends, holds or moves."""
    plan: str = ""
    """The plan of the user's own it needs: the family with this behind it."""
    begins: str = "enroll"
    moments: tuple[str, ...] = MOMENTS
    without: tuple[str, ...] = ()
    """Families it cannot happen to."""
    enrolled: bool = False
    """It means nothing to a thread that only went quiet."""
    least: int = 0
    """So many letters must have left."""
    everybody: bool = False
    """It is for all people of a house at once."""
    more: dict[str, Any] = field(default_factory=dict)


def mail(
    sender: str, to: str, subject: str, words: str, at: datetime, name: str, refs: str = "", **heads: str
) -> EmailMessage:
    """One mail."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = sender, to, subject, name
    made["Date"] = format_datetime(at)
    if refs:
        made["In-Reply-To"] = made["References"] = refs
    for key, value in heads.items():
        made[key.replace("_", "-")] = value
    made.set_content(f"{words}\n")
    return made


def writes(key: str, **how: Any) -> Act:
    """Somebody writes one of the texts of their language."""

    def act(play: Play, life: Life, at: datetime) -> None:
        who, words = life.who, WORDS[life.who.language]
        day = play.day_after(at, DAYS_MOVED)
        life.until = day if how.get("moves") else None
        said = words[key].format(day=day.strftime(words["day"]), other=f"bo.lund@{who.firm}", thing="", place="")
        name, address = how.get("name", who.name), how.get("address", who.address)
        name, address = (name(life), address(life)) if callable(name) else (name, address)
        refs = play.newest(life) if how.get("inside", True) else ""
        subject = f"Re: {who.subject}" if refs else how.get("subject", "Hello")
        made = mail(f"{name} <{address}>", ME, subject, said, at, play.fresh(who.firm), refs, **how.get("heads", {}))
        play.put(how.get("folder", "inbox"), made.as_bytes())

    return act


def of_person(key: str, does: str = "ends", says: tuple[str, ...] = (), **how: Any) -> Ending:
    """An ending that the person writes."""
    name = how.pop("called", key)
    kept = {key: how.pop(key) for key in ("plan", "least", "enrolled", "without") if key in how}
    return Ending(name, writes(key, **how), says, does, **kept)


def robot(service: str, does: str) -> Act:
    """A mail of a service as it lies among the tests of the reader, about this person."""

    def act(play: Play, life: Life, at: datetime) -> None:
        table = tomllib.loads((ROBOTS / f"{service}.toml").read_text(encoding="utf-8"))
        found = [{**table, **entry} for entry in table["mail"] if entry["does"] == does]
        found = [one for one in found if any(word in f"{one['subject']} {one['text']}" for word in (ANN, ANN_NAME))]
        spoken = [one for one in found if one.get("lang", "en") == life.who.language]
        one = play.chance.choice(spoken or [one for one in found if one.get("lang", "en") == "en"])
        words = [str(one[key]) for key in ("from", "subject", "text")]
        sender, subject, text = (w.replace(ANN, life.who.address).replace(ANN_NAME, life.who.name) for w in words)
        heads = {str(key): str(value) for key, value in one.get("headers", {}).items()}
        made = mail(sender, ME, subject, text.strip(), at, play.fresh("service.example"), "", **heads)
        play.put("inbox", made.as_bytes())

    return act


ANN, ANN_NAME = "ann@partner.example", "Ann Lee"


def of_robot(service: str, does: str = "ends") -> Ending:
    """A mail of a service."""
    outcome = "ends" if does == "ends" else "holds"
    return Ending(f"{service}, {does}", robot(service, does), (" says: ", "a service wrote since"), outcome)


def calendar(*, inside: bool) -> Act:
    """Their calendar accepts an invitation."""

    def act(play: Play, life: Life, at: datetime) -> None:
        who = life.who
        lines = (
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "METHOD:REPLY", "BEGIN:VEVENT", f"UID:{who.number}",
            f"DTSTART:{play.day_after(at, 9):%Y%m%d}T090000Z", f"SUMMARY:{who.subject}",
            f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{who.address}", "END:VEVENT", "END:VCALENDAR", "",
        )  # fmt: skip
        refs = play.newest(life) if inside else ""
        made = mail(f"{who.name} <{who.address}>", ME, f"Accepted: {who.subject}", "", at, play.fresh(who.firm), refs)
        made.add_alternative("\r\n".join(lines), subtype="calendar", params={"method": "REPLY"})
        play.put("inbox", made.as_bytes())

    return act


def bounces(play: Play, life: Life, at: datetime) -> None:
    """The newest mail to them could not be delivered."""
    _report(
        play, life, at, "report-type=delivery-status", "message/delivery-status", "Undelivered Mail Returned to Sender",
        f"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; {life.who.address}\r\nAction: failed\r\nStatus: 5.1.1\r\n",
    )  # fmt: skip


def complains(play: Play, life: Life, at: datetime) -> None:
    """Their provider reports the newest mail as spam."""
    _report(
        play, life, at, "report-type=feedback-report", "message/feedback-report", "Complaint about message",
        f"Feedback-Type: abuse\r\nUser-Agent: x\r\nVersion: 1\r\nOriginal-Rcpt-To: {life.who.address}\r\n",
    )  # fmt: skip


def _report(play: Play, life: Life, at: datetime, kind: str, part: str, subject: str, fields: str) -> None:
    newest = play.newest(life)
    name, date = play.fresh("mx.example"), format_datetime(at)
    play.put("inbox", (
        f"From: Mail Delivery System <mailer-daemon@mx.example>\r\nTo: {ME}\r\nSubject: {subject}\r\nDate: {date}\r\n"
        f"Message-ID: {name}\r\nIn-Reply-To: {newest}\r\nReferences: {newest}\r\nAuto-Submitted: auto-replied\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: multipart/report; {kind}; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain\r\n\r\nThis is a report about a mail to {life.who.address}.\r\n"
        f"--b\r\nContent-Type: {part}\r\n\r\n{fields}\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: {ME}\r\nTo: {life.who.address}\r\n"
        f"Message-ID: {newest}\r\nSubject: {life.who.subject}\r\n\r\n--b--\r\n"
    ).encode())  # fmt: skip


def by_hand(*, inside: bool, prefix: str = "") -> Act:
    """The user writes themselves, from another program."""

    def act(play: Play, life: Life, at: datetime) -> None:
        who = life.who
        text = greeted(play.house.writer, who, WORDS[who.language]["by_hand"])
        refs = play.newest(life) if inside else ""
        subject = f"Re: {who.subject}" if inside else f"{prefix}{who.subject}"
        made = mail(ME, f"{who.name} <{who.address}>", subject, text, at, play.fresh("phone.example"), refs)
        play.put("sent", made.as_bytes())

    return act


def colleague_elsewhere(play: Play, life: Life, at: datetime) -> None:
    """Somebody else at their organisation answers the user in another thread."""
    who, words = life.who, WORDS[life.who.language]
    other, asked = f"pat.quinn@{who.firm}", play.fresh("y.example")
    before = at - play.moment_apart
    play.put("sent", mail(ME, other, "Roof", greeted(play.house.writer, who, words["roof"]), before, asked).as_bytes())
    answer = mail(f"Pat Quinn <{other}>", ME, "Re: Roof", words["roof_answer"], at, play.fresh(who.firm), asked)
    play.put("inbox", answer.as_bytes())


def rule(kind: str) -> Act:
    """A mail that meets one rule of the plan."""

    def act(play: Play, life: Life, at: datetime) -> None:
        who = life.who
        sender, subject, words = {
            "sender": (f"billing@{who.firm}", "Your account", "The statement is ready."),
            "subject": (f"office@{who.firm}", "Order confirmed", "It leaves on Friday."),
            "body": ("bob@else.example", "News", f"We have the contract signed at last, with {who.name}."),
            "mentions": ("crm@mine-tools.example", "Deal", f"The deal with {who.address} moved on."),
        }[kind]
        play.put("inbox", mail(sender, ME, subject, words, at, play.fresh("rule.example")).as_bytes())

    return act


def labelled_won(play: Play, life: Life, at: datetime) -> None:
    """The label that the plan names is set on the user's own mail."""
    play.house.mark(life.who.asked, "won")


def unlabelled(play: Play, life: Life, at: datetime) -> None:
    """The label that began it is taken away."""
    play.house.mark(life.who.asked, play.label(life), on=False)


def hooked(event: str) -> Act:
    """Another program of the user's says so."""

    def act(play: Play, life: Life, at: datetime) -> None:
        done = hooks.heed(play.house.home, json.dumps({"event": event, "person": life.who.address}).encode())
        assert done.ok, done

    return act


def stopped(play: Play, life: Life, at: datetime) -> None:
    """`relance stop`."""
    done = actions.stop(play.house.desk, play.touch(life))
    assert done.ok, done


def paused(play: Play, life: Life, at: datetime) -> None:
    """`relance pause person:ADDRESS`."""
    done = pause(play.house.desk, Scope(Kind.PERSON, life.who.address))
    assert done.ok, done


def plan_gone(play: Play, life: Life, at: datetime) -> None:
    """The plan is taken out of the config."""
    play.house.without(play.plan(life))


def answer_deleted(play: Play, life: Life, at: datetime) -> None:
    """An answer that the program read and the user then deleted."""
    who = life.who
    name = play.fresh(who.firm)
    words = WORDS[who.language]["answer"]
    made = mail(f"{who.name} <{who.address}>", ME, f"Re: {who.subject}", words, at, name, play.newest(life))
    play.put("inbox", made.as_bytes())
    play.house.sync()
    play.house.delete(name)


def forbidden_elsewhere(play: Play, life: Life, at: datetime) -> None:
    """They ask not to be written to in the user's other account."""
    who = life.who
    words = WORDS[who.language]["opt_out"]
    made = mail(f"{who.name} <{who.address}>", OTHER, "Hello", words, at, play.fresh(who.firm))
    beside(play.house, made.as_bytes(), at)


def killed(play: Play, life: Life, at: datetime) -> None:
    """The PAUSE file."""
    play.house.desk.pause_file.parent.mkdir(parents=True, exist_ok=True)
    play.house.desk.pause_file.touch()


def all_paused(play: Play, life: Life, at: datetime) -> None:
    """`relance pause`."""
    assert pause(play.house.desk).ok


SAID_NO, ANSWERED = ("said no", "declined"), ("answered",)
AWAY = {"Auto_Submitted": "auto-replied"}
ENDINGS = (
    *(of_robot(name) for name in (
        "calendly", "cal_com", "google_calendar", "microsoft", "zoom", "docusign", "adobe_sign", "dropbox_sign", "stripe",
        "paypal", "hubspot",
    )),
    *(of_robot(name, "ticket") for name in ("zendesk", "freshdesk", "jira", "hubspot")),
    *(of_robot(name, "holds") for name in ("calendly", "docusign", "stripe")),
    Ending("calendar accepted, in the thread", calendar(inside=True), ("settled", "booked")),
    Ending("calendar accepted, elsewhere", calendar(inside=False), ("Their calendar says", "wrote to you elsewhere")),
    of_person("answer", says=ANSWERED),
    of_person("answer", called="answer, filed by a rule", says=ANSWERED, folder="Projects"),
    of_person("answer", called="answer in Junk", says=ANSWERED, folder="junk"),
    of_person("answer", "holds", called="answer in a new thread", says=("wrote to you elsewhere", "waits"), inside=False),
    of_person("answer", called="answer from another address", says=ANSWERED, address=lambda life: life.who.private,
              name=lambda life: life.who.name),
    of_person("colleague", called="colleague in the thread", says=ANSWERED, address=lambda life: f"pat.quinn@{life.who.firm}",
              name=lambda life: "Pat Quinn"),
    Ending("colleague elsewhere, holds", colleague_elsewhere, ("same organisation",), "holds", "house", enrolled=True),
    Ending("colleague elsewhere, ends", colleague_elsewhere, ("same organisation",), plan="over", enrolled=True),
    of_person("no", says=SAID_NO),
    of_person("opt_out", says=("not to be written to",)),
    of_person("opt_out", called="opt_out in a new thread", says=("not to be written to",), inside=False),
    of_person("later", "moves", moves=True),
    of_person("away", "moves", moves=True, heads=AWAY),
    of_person("left", says=("left", "no longer")),
    of_person("delegate", says=("somebody else",)),
    of_person("complaint", says=()),
    Ending("complaint, as a report", complains, ()),
    Ending("bounce", bounces, ("could not be delivered",)),
    Ending("by hand in the thread", by_hand(inside=True), ("you wrote yourself", "You wrote")),
    Ending("by hand, new mail", by_hand(inside=False), ("you wrote yourself", "You wrote")),
    Ending("by hand, from a phone", by_hand(inside=False, prefix="Re: "), ("you wrote yourself", "You wrote")),
    Ending("label taken away", unlabelled, ("label was taken away",), begins="label", moments=(BETWEEN,),
           without=("renewal",), enrolled=True),
    Ending("answer that was deleted", answer_deleted, ANSWERED),
    *(Ending(f"rule: {kind}", rule(kind), ("rule",), plan="rules", enrolled=True)
      for kind in ("sender", "subject", "body", "mentions")),
    Ending("rule: label", labelled_won, ("rule",), plan="rules", enrolled=True),
    Ending("relance stop", stopped, ("you stopped it", "Stopped", "stopped")),
    Ending("relance pause", paused, (), "holds"),
    *(Ending(f"hook: {event}", hooked(event), ("another program of yours",), enrolled=True)
      for event in ("converted", "booked", "paid", "signed")),
    Ending("hook: ticket", hooked("ticket"), ("another program of yours", "ticket"), "holds", enrolled=True),
    Ending("opt_out in another account", forbidden_elsewhere, ()),
    Ending("plan gone from the config", plan_gone, ("plan is gone",), plan="gone", enrolled=True),
)  # fmt: skip
FOR_ALL = (
    Ending("kill switch", killed, (), "holds", everybody=True),
    Ending("relance pause, everything", all_paused, (), "holds", everybody=True),
)
