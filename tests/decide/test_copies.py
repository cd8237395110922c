"""Whoever sends a mail again adds a mail: it takes the place of none that reads otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.decide.machines.carriers import UNREAD
from agent.decide.reading.answers import read_answer
from agent.decide.threads.copies import fingerprint
from agent.decide.threads.summary import Summary, summarise
from agent.decide.threads.threads import assemble
from agent.decide.values import Me
from providers.base import Address, Attachment, Mail, Origin, Part, Role
from tests.judgement.loading import ME as JUDGED
from tests.judgement.loading import cases

ME = Me(name="Sam", addresses=("sam@mine.example",), zone="Europe/Paris")
SAM, ANN = Address("sam@mine.example", "Sam"), Address("ann@x.example", "Ann Lee")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
ASK = Mail(
    "ask", "<ask@mine.example>", START, START, SAM, (ANN,), subject="Lamp", origin=Origin.SENT, role=Role.SENT,
    text="Hi Ann,\n\nWhich of the two lamps for the hall should we order?\n\nBest,\nSam",
)  # fmt: skip
DSN = Part("message/delivery-status", "Final-Recipient: rfc822; ann@x.example\nAction: failed\nStatus: 5.1.1")
ACCEPTED = Part(
    "text/calendar",
    "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@x.example\r\n"
    "SUMMARY:Lamp\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
)


def answer(text: str, **values: Any) -> Mail:
    told: dict[str, Any] = {
        "key": "m", "message_id": "<re@x.example>", "date": START + DAY, "received": START + DAY, "sender": ANN,
        "to": (SAM,), "subject": "Re: Lamp", "in_reply_to": ("<ask@mine.example>",),
        "references": ("<ask@mine.example>",), "text": text,
    }  # fmt: skip
    return Mail(**{**told, **values})


STOPS = {
    "reply": answer("The green one is nicer, please order it."),
    "decline": answer("We have decided against it and went with another supplier."),
    "opt_out": answer("Please never write to me again. Remove me from your list."),
    "booked": answer("", parts=(ACCEPTED,)),
    "left": answer("Ann Lee no longer works here.", headers={"auto-submitted": ("auto-replied",)}),
    "bounce": answer(
        "Undeliverable", parts=(DSN,), sender=Address("mailer-daemon@mine.example"), subject="Undelivered Mail",
        headers={"content-type": ("multipart/report; report-type=delivery-status",)}, failed=("ann@x.example",),
    ),
    "unsure": answer("", attachments=(Attachment("choice.pdf", "application/pdf", 9_000),), subject="Lamp"),
}  # fmt: skip
MDN = Part("message/disposition-notification", "Disposition: manual-action/MDN-sent-manually; displayed")
CHANGES: dict[str, dict[str, Any]] = {
    "subject": {"subject": "Automatic reply: Lamp"},
    "automatic": {"headers": {"auto-submitted": ("auto-replied",)}},
    "suppressed": {"headers": {"x-auto-response-suppress": ("All",), "precedence": ("auto_reply",)}},
    "list": {"headers": {"list-id": ("<l@x.example>",), "list-unsubscribe": ("<mailto:u@x.example>",)}},
    "no return": {"headers": {"return-path": ("<>",)}},
    "report": {"headers": {"content-type": ("multipart/report; report-type=disposition-notification",)}},
    "no headers": {"headers": {}},
    "receipt": {"parts": (MDN,)},
    "delivery": {"parts": (Part("message/delivery-status", "Action: delivered\nStatus: 2.0.0"),)},
    "delay": {"parts": (Part("message/delivery-status", "Action: delayed\nStatus: 4.0.0"),), "subject": "Delayed"},
    "blast": {"parts": (Part("text/calendar", ACCEPTED.text.replace("REPLY", "PUBLISH")),)},
    "no parts": {"parts": ()},
    "nothing attached": {"attachments": ()},
    "nobody failed": {"failed": ()},
    "others failed": {"failed": ("zoe@z.example",)},
    "to others": {"to": (Address("zoe@z.example"),), "cc": (Address("bob@b.example"),)},
    "reply to": {"reply_to": (Address("zoe@z.example"),)},
    "no references": {"in_reply_to": (), "references": ()},
    "other references": {"references": ("<ask@mine.example>", "<else@z.example>")},
    "other name": {"sender": Address("ann@x.example", "Auto Reply")},
    "words": {"text": "I am away until 1 June."},
    "one line": {"text": "> On Monday Sam wrote: The green one is nicer, please order it."},
    "unreadable": {"text": "", "problem": "It could not be read."},
    "another zone": {"date": (START + DAY).astimezone()},
    "later": {"received": START + 3 * DAY},
    "before ours": {"received": START - 3 * DAY},
    "dated before ours": {"date": START - 30 * DAY},
    "no date": {"date": None},
    "labelled": {"labels": ("x",), "flags": frozenset({"seen", "answered"})},
}


def summary(*mails: Mail) -> Summary:
    return summarise(assemble(mails), ME)


def stays(real: Mail, copy: Mail) -> bool:
    """Whether what stopped alone stops beside the copy, and a refusal stays a refusal."""
    alone = summary(ASK, real).blocked
    assert alone
    found = {summary(ASK, *both).blocked for both in ((real, copy), (copy, real))}
    return found == {alone} if alone in {"declined", "opted_out"} else "" not in found


@pytest.mark.parametrize("key", ["a", "z"])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", STOPS)
def test_no_copy_takes_the_place_of_what_stops(kind: str, change: str, key: str) -> None:
    assert stays(STOPS[kind], replace(STOPS[kind], key=key, **CHANGES[change]))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    kind=st.sampled_from(sorted(STOPS)), changes=st.lists(st.sampled_from(sorted(CHANGES)), max_size=5),
    key=st.sampled_from(["a", "z"]), real=st.sampled_from(list(Role)), forged=st.sampled_from(list(Role)),
)  # fmt: skip
def test_nor_one_that_is_changed_in_several_ways_in_any_folder(
    kind: str, changes: list[str], key: str, real: Role, forged: Role
) -> None:
    true = replace(STOPS[kind], role=real, folder=real.value)
    copy = replace(true, key=key, role=forged, folder=forged.value)
    headers: dict[str, tuple[str, ...]] = dict(copy.headers)
    for name in changes:
        copy = replace(copy, **CHANGES[name])
        headers = headers | dict(copy.headers) if copy.headers else {}
    assert stays(true, replace(copy, headers=headers))


def test_a_mail_in_two_folders_is_one() -> None:
    real = STOPS["reply"]
    again = replace(
        real, key="b", folder="Archive", role=Role.ARCHIVE, received=START + 2 * DAY, labels=("kept",), size=7,
        flags=frozenset({"seen"}), thread_hint="t", web="https://x.example/1",
        headers=dict.fromkeys(UNREAD - {"return-path"}, ("other.example",)),
    )  # fmt: skip
    found = [mail for mail in assemble([ASK, replace(real, labels=("old",)), again]).mails if not mail.mine]
    assert [(mail.key, mail.received, mail.labels) for mail in found] == [("m", again.received, ("old", "kept"))]


def test_a_mail_in_the_user_s_name_is_not_hidden_by_an_older_one() -> None:
    """What nobody vouched for holds a thread when it came after the user's own; an older copy hides none of that."""
    asked, came = ASK, START + 3 * DAY
    claimed = Mail("p", "<phone@mine.example>", came, came, SAM, (ANN,), text="Done!", origin=Origin.CLAIMED,
                   references=("<ask@mine.example>",))  # fmt: skip
    older = replace(claimed, key="a", date=START - DAY, received=START - DAY)
    assert summary(asked, claimed).blocked == "claimed"
    assert summary(asked, older, claimed).blocked == "claimed"


NASTY = (
    "multipart/report; report-type=delivery-status", "auto-replied", "Microsoft Exchange", "<>", "All", "yes", "list",
)  # fmt: skip


@pytest.mark.parametrize("folder", ["mails", "from_the_rulings", "mixed_turns", "many_hands"])
def test_nothing_that_may_differ_between_copies_is_read(folder: str) -> None:
    for case in cases(folder):
        written = dict.fromkeys(UNREAD, NASTY)
        written["return-path"] = (case.mail.header("return-path") or "<other@x.example>",)
        copy = replace(
            case.mail, headers={**case.mail.headers, **written}, key="other", folder="Other", role=Role.OTHER, web="w",
            flags=frozenset({"seen"}), labels=("l",), thread_hint="h", size=9,
        )  # fmt: skip
        assert fingerprint(copy) == fingerprint(case.mail)
        assert read_answer(copy, me=JUDGED, in_thread=True) == read_answer(case.mail, me=JUDGED, in_thread=True)
