"""A machine's mark hides nobody's words: it decides only where it explains all that is there."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agent.decide.reading.answers import MUTE, read_answer
from agent.decide.values import Answer, Meaning
from providers.base import Address, Mail, Part
from tests.judgement.__main__ import OWN
from tests.judgement.loading import ME, mail_of

TABLE = tomllib.loads((Path(__file__).parent / "marked_words.toml").read_text("utf-8"))
WORDS = [(language, kind, said) for language, row in TABLE["answers"].items() for kind, said in row.items()]
STATUS = "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; ann@partner.example\nAction: {}\nStatus: {}"
ICS = "BEGIN:VCALENDAR\r\nMETHOD:{0}\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260401T100000Z\r\nSUMMARY:x\r\n{1}END:VEVENT\r\nEND:VCALENDAR\r\n"
SAM = "ATTENDEE:mailto:sam@mine.example\r\n"
BLAST = "".join(f"ATTENDEE:mailto:p{number}@many.example\r\n" for number in range(30))
DISPLAYED = "Disposition: manual-action/MDN-sent-manually; displayed"
OTHERS = Part("text/rfc822-headers", "From: joe@other.example\nMessage-ID: <other@other.example>")
MINE = Part("text/rfc822-headers", "From: sam@mine.example\nMessage-ID: <own1@mine.example>")

Mark = Callable[[Mail], Mail]


def part(kind: str, text: str, *more: Part) -> Mark:
    return lambda mail: replace(mail, parts=(*mail.parts, Part(kind, text), *more))


def head(**fields: str) -> Mark:
    named = {name.replace("_", "-"): (value,) for name, value in fields.items()}
    return lambda mail: replace(mail, headers={**mail.headers, **named})


def sender(address: str, name: str = "") -> Mark:
    return lambda mail: replace(mail, sender=Address(address, name))


def subject(text: str) -> Mark:
    return lambda mail: replace(mail, subject=text)


def above(text: str) -> Mark:
    return lambda mail: replace(mail, text=f"{text}\n\n{mail.text}")


def all_of(*marks: Mark) -> Mark:
    def together(mail: Mail) -> Mail:
        for mark in marks:
            mail = mark(mail)
        return mail

    return together


def status(action: str, code: str, *more: Part) -> Mark:
    return part("message/delivery-status", STATUS.format(action, code), *more)


def report(kind: str) -> Mark:
    return head(content_type=f"multipart/report; report-type={kind}; boundary=b")


UNSUBSCRIBE = head(list_unsubscribe="<https://partner.example/u>", precedence="bulk")
MARKS: dict[str, Mark] = {
    "read receipt": part("message/disposition-notification", DISPLAYED),
    "read receipt, whole": all_of(
        report("disposition-notification"), part("message/disposition-notification", DISPLAYED), subject("Read: Proposal")
    ),
    "read receipt, root alone": report("disposition-notification"),
    "delivered": status("delivered", "2.0.0"),
    "relayed": all_of(report("delivery-status"), status("relayed", "2.0.0", MINE)),
    "relayed by a server": all_of(
        report("delivery-status"), status("relayed", "2.0.0", MINE), sender("postmaster@x.example")
    ),
    "expanded": status("expanded", "2.0.0"),
    "delayed": status("delayed", "4.4.1"),
    "delayed, whole": all_of(report("delivery-status"), status("delayed", "4.4.1", MINE)),
    "delayed, code alone": part("message/delivery-status", "Status: 4.4.1"),
    "others' failure": all_of(report("delivery-status"), status("failed", "5.1.1", OTHERS)),
    "others' complaint": part("message/feedback-report", "Feedback-Type: abuse", OTHERS),
    "delay of a daemon": all_of(sender("MAILER-DAEMON@x.example"), subject("Delivery Status Notification (Delay)")),
    "delay, returned": all_of(head(return_path="<>"), subject("Warning: could not send message")),
    "delay of a daemon, whole": all_of(
        report("delivery-status"), status("delayed", "4.4.1", MINE), sender("postmaster@x.example"),
        head(return_path="<>"), subject("Delayed Mail (still being retried)"),
    ),
    "invitation to a list": all_of(part("text/calendar; method=REQUEST", ICS.format("REQUEST", SAM)), UNSUBSCRIBE),
    "invitation to many": part("text/calendar; method=REQUEST", ICS.format("REQUEST", BLAST)),
    "published to a list": all_of(part("text/calendar; method=PUBLISH", ICS.format("PUBLISH", "")), UNSUBSCRIBE),
    "recall": subject("Recall: Proposal"),
    "recall in words": above('Ann Lee would like to recall the message, "Proposal".'),
    "automatic": head(auto_submitted="auto-replied"),
    "automatic, generated": head(auto_submitted="auto-generated", precedence="bulk"),
    "automatic by subject": subject("Automatic reply: Proposal"),
    "automatic, returned": all_of(subject("Automatic reply: Proposal"), head(return_path="<>")),
    "automatic by both": all_of(
        subject("Automatic reply: Proposal"), head(auto_submitted="auto-replied", x_auto_response_suppress="All")
    ),
    "automatic, with absence": all_of(
        head(auto_submitted="auto-replied"), above("I am out of the office until 20 March 2026.")
    ),
    "automatic, with receipt": all_of(
        head(auto_submitted="auto-replied"), above("We have received your request, ticket #1234.")
    ),
    "list": all_of(head(list_id="<l.x.example>"), UNSUBSCRIBE),
    "discussion": head(list_id="<l.x.example>", list_post="<mailto:l@x.example>", precedence="list"),
    "unread address": sender("no-reply@x.example"),
    "robot": sender("notifications@x.example", "Ann Lee"),
    "unread address, list": all_of(sender("noreply@x.example"), UNSUBSCRIBE),
    "robot, automatic": all_of(sender("notifications@x.example"), head(auto_submitted="auto-generated")),
    "autoresponder": head(x_autoreply="yes", precedence="auto_reply"),
}  # fmt: skip


def read(mail: Mail, *, in_thread: bool | None) -> Answer:
    return read_answer(mail, me=ME, own_ids=OWN, in_thread=in_thread)


@pytest.mark.parametrize("in_thread", [True, False, None])
@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_never_quiets_an_answer(mark: str, in_thread: bool | None) -> None:
    quieted = []
    for language, kind, said in WORDS:
        if kind == "later" and mark == "automatic, with receipt":
            continue
        plain = mail_of({"b": said}, "m")
        alone = read(plain, in_thread=in_thread)
        found = read(MARKS[mark](plain), in_thread=in_thread)
        waits = alone.until is not None and found.until is not None and found.until >= alone.until
        if found.meaning in MUTE and found.meaning is not alone.meaning and not waits:
            quieted.append((language, kind, alone.meaning, found.meaning, said))
    assert quieted == []


@pytest.mark.parametrize(
    "mark", [mark for mark in MARKS if "daemon" not in mark and "server" not in mark and "complaint" not in mark]
)
def test_a_wish_to_hear_no_more_is_heard_through_every_mark(mark: str) -> None:
    mail = MARKS[mark](mail_of({"b": "Please never write to me again."}, "m"))
    assert read(mail, in_thread=True).meaning in {Meaning.OPT_OUT, Meaning.UNSURE, Meaning.BOUNCE}


@pytest.mark.parametrize(("name", "entry"), TABLE["machines"].items())
def test_what_machines_write_is_left_to_them(name: str, entry: dict[str, str]) -> None:
    mail = MARKS[entry["mark"]](mail_of({"b": entry["b"], "fresh": entry.get("fresh", False)}, name))
    assert read(mail, in_thread=None).meaning == entry["m"]
