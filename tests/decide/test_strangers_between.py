"""A mail of somebody who was not asked moves no mail of ours, begins nothing anew and promises nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent.decide.threads.quiet import WaitHabits, due_day
from agent.decide.threads.summary import Summary, summarise
from agent.decide.threads.threads import assemble
from agent.decide.values import Me
from agent.drafting.promises import broken_promise
from providers.base import Address, Mail, Origin
from providers.mail.delivery import submitted

ME = Me(name="Sam", addresses=("sam@mine.example",), zone="Europe/Paris")
SAM, ANN, EVE, CARL = (Address(f"{name}.example") for name in ("sam@mine", "ann@x", "eve@evil", "carl@c"))
DAY = timedelta(days=1)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ASK = "Hi Ann,\n\nWhich of the two lamps for the hall should we order?\n\nBest,\nSam"
AGAIN = "Hi Ann,\n\ncould you tell me which of the two lamps we should order?\n\nBest,\nSam"
FYI = "Hi,\n\nhere is the plan of the hall for your files.\n\nBest,\nSam"


def ours(name: str, day: float, text: str, *refs: str, to: Address = ANN) -> Mail:
    at = START + day * DAY
    return Mail(
        key=name, message_id=f"<{name}>", date=at, received=at, sender=SAM, to=(to,), subject="Hall", text=text,
        references=refs, in_reply_to=refs[-1:], origin=Origin.SENT,
    )  # fmt: skip


def theirs(
    name: str, day: float, text: str, *refs: str, who: Address = EVE, dated: float | None = None, **head: str
) -> Mail:
    came = START + day * DAY
    at = START + (day if dated is None else dated) * DAY
    heads = {key.replace("_", "-"): (value,) for key, value in head.items()}
    return Mail(
        key=f"{name}{who.email}{day}", message_id=f"<{name}>", date=at, received=came, sender=who, to=(SAM,), subject="Re: Hall",
        text=text, references=refs, in_reply_to=refs[-1:], origin=Origin.OTHER, headers=heads,
    )  # fmt: skip


def judged(*mails: Mail) -> Summary:
    return summarise(assemble(mails), ME)


@pytest.mark.parametrize("dated", [6.0, -800.0])
def test_who_takes_the_name_of_what_ours_answers_does_not_move_ours(dated: float) -> None:
    first, second = ours("m1", 0, ASK, "<ann1>"), ours("m2", 2, AGAIN, "<ann2>")
    taken = theirs("ann1", 6, "Thanks, received.", "<eve>", dated=dated)
    later = theirs("eve", 6, "Thanks, received.", dated=6)
    assert [mail.key for mail in assemble([first, second, taken, later]).mails if mail.mine] == ["m1", "m2"]
    assert judged(first, second, taken, later).own_id == "<m2>"


def test_an_answer_of_those_asked_still_moves_what_answers_it() -> None:
    wrong_clock = theirs("ann1", -3, "Which lamps do you mean?", who=ANN, dated=5)
    assert [mail.key for mail in assemble([ours("m1", 0, ASK, "<ann1>"), wrong_clock]).mails][-1] == "m1"


REPORT = "multipart/report; report-type=delivery-status"


@pytest.mark.parametrize(
    "between",
    [
        theirs("e", 1, "We take the green one, it is nicer.", "<m1>"),
        theirs("e", 1, "Could you tell me more?", "<m1>"),
        theirs("e", 1, "Undeliverable: your message could not be delivered.", "<m1>", content_type=REPORT),
    ],
    ids=["words", "a question", "a report"],
)
def test_what_others_write_in_between_begins_nothing_anew(between: Mail) -> None:
    first, second = ours("m1", 0, ASK), ours("m2", 2, AGAIN, "<m1>")
    assert judged(first, second).touches == judged(first, between, second).touches == 1


def test_an_answer_of_the_person_in_between_does() -> None:
    answer = theirs("a", 1, "Which lamps do you mean?", "<m1>", who=ANN)
    assert judged(ours("m1", 0, ASK), answer, ours("m2", 2, AGAIN, "<m1>", "<a>")).touches == 0


def test_who_was_asked_nothing_is_asked_nothing_again() -> None:
    found = judged(ours("m1", 0, ASK), ours("m2", 2, FYI, "<m1>", to=CARL))
    assert (found.person, found.asks) == (CARL.key, False)


def test_a_day_that_somebody_else_names_is_no_promise_and_hastens_nothing() -> None:
    ask, said = ours("m1", 0, ASK), "I will get back to you tomorrow."
    own, promised = judged(ask, theirs("e", 0.2, said, "<m1>")), judged(ask, theirs("a", 0.2, said, "<m1>", who=ANN))
    assert (own.until, promised.until) == ("", "2026-03-03")
    assert due_day(own, WaitHabits())[0] >= due_day(judged(ask), WaitHabits())[0]
    assert not judged(ours("m1", 0, FYI), theirs("e", 0.2, said, "<m1>")).asks
    now = START + 9 * DAY
    assert broken_promise(assemble([ask, theirs("e", 0.2, said, "<m1>")]), ME, now) is None
    assert broken_promise(assemble([ask, theirs("a", 0.2, said, "<m1>", who=ANN)]), ME, now) is not None


OWN = frozenset({"sam@mine.example"})


@pytest.mark.parametrize(
    ("hop", "sent"),
    [
        ("from a by mx.mine.example (Postfix) with ESMTPSA id 1 for <ann@x.example>; date", True),
        ("from a by mx.mine.example with ESMTPSA id 1 for <sam-sent@mine.example>; date", False),
        ("from a by mx.mine.example with ESMTPSA id 1 for <sent@sam.mine.example>; date", False),
        ("from a by mx.mine.example with ESMTPSA id 1 for <sam@mine.example.>; date", False),
        ('from x( by mx.mine.example with esmtp (envelope-from <")) by mx.mine.example with esmtpsa ("@evil.example>) id 1', False),
    ],
)  # fmt: skip
def test_what_was_brought_to_any_address_of_the_own_domain_was_not_filed(hop: str, sent: bool) -> None:
    assert submitted(hop, OWN) is sent
