"""A copy in Sent that lost its mark is known as the letter it is, and no touch is made twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.sending import outbox
from agent.verbs import actions
from providers.base import Letter, Receipt, Role
from tests.agent.office import ANN, ME, Office, office
from tests.conftest import Ticking

pytestmark = pytest.mark.slow

BODIES = ("Hi Ann,\n\nI am bringing this up again.\n\nSam\n", "Hi Ann,\n\nCould you tell me which one?\n\nSam\n")


@pytest.fixture
def here(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with office(private_home, clock) as opened:
        yield opened


def stripped(raw: bytes, *, renamed: bool) -> bytes:
    """What a server does that keeps few headers, or gives its own Message-ID."""
    bare = re.sub(rb"X-Relance-Id: [^\r\n]*\r\n", b"", raw)
    return re.sub(rb"Message-ID: <[^>]*>", b"Message-ID: <given@server.example>", bare) if renamed else bare


def left(here: Office, *, renamed: bool) -> None:
    def accept(letter: Letter) -> Receipt:
        here.left.append((here.clock(), letter))
        return Receipt(
            "250 taken", letter.message_id, here.server.deliver(stripped(letter.raw, renamed=renamed), role=Role.SENT)
        )

    here.desk.sender = lambda _: outbox.memory_sender(accept)


@pytest.mark.parametrize("renamed", [False, True], ids=["without its mark", "with another name too"])
@pytest.mark.parametrize("body", BODIES)
def test_a_copy_without_its_mark_is_the_touch_it_is(here: Office, body: str, renamed: bool) -> None:
    left(here, renamed=renamed)
    at = here.clock() - timedelta(days=12)
    here.mail(f"Sam Okafor <{ME}>", ANN, "Offer", "Hi Ann,\n\nWhich of the two offers should we take?\n\nSam", at=at)
    here.passes()
    (row,) = here.rows(ANN)
    assert actions.edit(here.desk, row.id, body).ok
    assert actions.approve(here.desk, row.id, at_once=True).ok
    here.runs(days=14, hours=6)
    assert [item.touch for item in here.rows(ANN)] in ([1, 2], [2, 1])
    assert len(here.left) == 1


def test_the_same_words_by_hand_to_somebody_else_are_no_letter(here: Office) -> None:
    at = here.clock() - timedelta(days=12)
    here.mail(f"Sam Okafor <{ME}>", ANN, "Offer", "Hi Ann,\n\nWhich of the two offers should we take?\n\nSam", at=at)
    here.passes()
    (row,) = here.rows(ANN)
    assert actions.approve(here.desk, row.id, at_once=True).ok
    here.clock.forward(minutes=2)
    here.passes()
    draft = here.draft(row.id)
    assert draft is not None
    here.clock.forward(hours=1)
    here.mail(f"Sam Okafor <{ME}>", ANN, "Re: Offer", draft.body, name="<hand@mine.example>")
    here.read()
    with here.home.store.read() as connection:
        marked = connection.exec_driver_sql(
            "SELECT data FROM mail WHERE message_id = '<hand@mine.example>'"
        ).scalar_one()
    assert "x-relance-id" not in marked
