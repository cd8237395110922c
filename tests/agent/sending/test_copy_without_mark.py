"""A Sent copy that lost the mark of its letter is still that letter: the touch it made is not made again."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from agent.sending import outbox
from agent.verbs import actions
from providers.base import Letter, Receipt, Role
from tests.agent.office import ANN, ME, office
from tests.conftest import Ticking

pytestmark = pytest.mark.slow

MARK = re.compile(rb"X-Relance-Id: [^\r\n]*\r\n")


def test_a_copy_without_the_mark_counts_as_the_touch_it_was(private_home: Path, clock: Ticking) -> None:
    with office(private_home, clock) as here:

        def accept(letter: Letter) -> Receipt:
            here.left.append((clock(), letter))
            assert MARK.search(letter.raw)
            here.server.deliver(MARK.sub(b"", letter.raw), role=Role.SENT, received=clock())
            return Receipt("250 taken", letter.message_id)

        here.desk.sender = lambda _: outbox.memory_sender(accept)
        at = clock() - timedelta(days=12)
        text = "Hi Ann,\n\nWhich of the two offers should we take?\n\nSam"
        here.mail(f"Sam Okafor <{ME}>", ANN, "Offer", text, at=at)
        here.passes()
        (row,) = here.rows(ANN)
        assert actions.approve(here.desk, row.id, at_once=True).ok
        here.runs(days=1, hours=1)
        assert len(here.left) == 1
        here.runs(days=20, hours=12)
        touches = [(row.touch, row.state) for row in here.rows(ANN)]
        assert sorted(touch for touch, _ in touches) == sorted({touch for touch, _ in touches}), touches
        assert max(touch for touch, _ in touches) == 2
