"""A mail is inside of a thread as itself or as an equal copy; a name anybody may repeat puts nothing there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.decide.threads.threads import Thread
from agent.judging.people_around import Inside, UnreadMail
from providers.base import Address, Mail, Role

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
REAL = Mail("k1", "<re@x.example>", AT, AT, Address("ann@x.example"), subject="Re: Lamp", text="We take the green one.")


@pytest.mark.parametrize(
    ("there", "inside"),
    [
        (replace(REAL, key="other/1", folder="Archive", role=Role.ARCHIVE, labels=("work",)), True),
        (replace(REAL, key="other/1", text="Received, thanks."), False),
        (replace(REAL, key="other/1", headers={"auto-submitted": ("auto-replied",)}), False),
        (replace(REAL, key="other/1", sender=Address("eve@evil.example")), False),
    ],
)
def test_only_an_equal_copy_is_the_same_mail(there: Mail, inside: bool) -> None:
    thread = Thread("<ask@y.example>", (there,))
    place = Inside({7}, {"<re@x.example>"}, lambda: thread)
    assert place.has(UnreadMail(1, REAL.message_id, lambda: (REAL, False))) is inside
    assert place.has(UnreadMail(7, "<else@x.example>", lambda: None))
    assert not place.has(UnreadMail(1, "<else@x.example>", lambda: (REAL, False)))
