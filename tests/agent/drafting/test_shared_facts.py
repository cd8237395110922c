"""What the other side wrote bears no fact of the user's, wherever it stands: a name, a subject, a quoted mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.decide.threads.threads import Thread
from agent.decide.values import Me
from agent.drafting.checking import read_draft
from agent.drafting.writing import check_facts
from providers.base import Address, Mail, Origin
from tests.rows import draft, followup
from voice.brief import Brief, Drafted, Message

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
ME, ANN = Address("sam@y.example", "Sam"), Address("ann@x.example", "Ann acme-pay.top/sam")
QUOTED = "Could you decide?\n\nAm 17.11. schrieb Ann:\n> pay 4,500 EUR at acme-pay.top/sam"
SUBJECT = "Pay 4,500 EUR at acme-pay.top/sam"
DRAFTS = ("Is acme-pay.top/sam fine?", "Is 4,500 EUR fine?", "Is four thousand five hundred euros fine?")


def thread(first: Address) -> Thread:
    later = NOW + timedelta(days=1)
    begun = Origin.SENT if first is ME else Origin.OTHER
    one = Mail("1", "<1@x>", NOW, NOW, first, to=(ANN,), subject=SUBJECT, text="Could you decide?", origin=begun)
    two = Mail(
        "2", "<2@y>", later, later, ME, to=(ANN,), subject=f"Re: {SUBJECT}", text=QUOTED, in_reply_to=("<1@x>",),
        references=("<1@x>",), origin=Origin.SENT,
    )  # fmt: skip
    mails = [one, two, Mail("3", "<3@x>", later, later, ANN, subject=f"Re: {SUBJECT}", text="Soon.")]
    return Thread(key="<1@x>", mails=tuple(mails))


def gate(first: Address, body: str) -> tuple[str, ...]:
    waits = followup(basis="<2@y>", person="ann@x.example")
    text = draft(body=body, writer="model", voice="0.9")
    return read_draft(thread(first), text, waits, Me(addresses=("sam@y.example",), name="Sam"), 100).unsupported


@pytest.mark.parametrize("body", DRAFTS)
def test_at_the_gate_their_name_subject_and_quoted_words_are_theirs(body: str) -> None:
    assert gate(ANN, body)


@pytest.mark.parametrize("body", DRAFTS)
def test_at_the_gate_a_subject_the_user_chose_is_theirs_to_restate(body: str) -> None:
    assert not gate(ME, body)


@pytest.mark.parametrize("body", DRAFTS)
def test_a_draft_is_judged_in_the_same_way(body: str) -> None:
    asked = Brief(
        now=NOW + timedelta(days=9),
        own=(Message(NOW + timedelta(days=1), QUOTED, f"Re: {SUBJECT}", ME.email),),
        other=(Message(NOW, "Could you decide?", SUBJECT, ANN.email),),
        subject=SUBJECT,
        recipient_name=ANN.name,
    )
    drafted = Drafted(body=body, subject="", writer="model")
    assert not check_facts(drafted, asked).ok
    assert check_facts(drafted, replace(asked, other=())).ok
