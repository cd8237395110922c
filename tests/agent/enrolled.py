"""People who answered once and a thread that waits, for the tests of plans."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from tests.agent.office import ANN, BOB, ME, Office, office
from tests.conftest import Ticking

ABOUT = "Would a shorter contract for next year suit you?"
CALL = """
[plans.calls]
touches = [
  { after = "1 workday", job = "say what it is about" },
  { after = "2 workdays", job = "call her", kind = "task" },
  { after = "2 workdays", job = "ask one simple question" },
]
[plans.picky]
touches = [{ after = "1 workday", job = "ask" }, { after = "1 workday", job = "ask" }]
exit_when = [{ sender = "billing@" }, { subject = "order confirmed" }, { label = "won" }]
on = { later = "stop", away = "hold", booked = "hold", delegate = "stop" }
"""


@contextmanager
def enrolled(private_home: Path, clock: Ticking, more: str = "") -> Iterator[Office]:
    """Ann and Bob answered once, long ago; a thread with Ann still waits."""
    with office(private_home, clock, more=CALL + more) as made:
        for person in (ANN, BOB):
            asked = made.mail(
                ME, person, "Old", "Hi,\n\nCould you send it?\n\nBest,\nSam", at=clock() - timedelta(days=40)
            )
            made.mail(person, ME, "Re: Old", "Here it is.", at=clock() - timedelta(days=39), follows=asked)
        made.read()
        yield made


def waiting(here: Office, days: float = 1) -> str:
    """A question of ours to Ann that nobody answered; its Message-ID."""
    text = "Hi Ann,\n\nCould you tell me whether the offer suits you?\n\nBest,\nSam"
    name = here.mail(ME, f"Ann Lee <{ANN}>", "The offer", text, at=here.clock() - timedelta(days=days))
    here.read()
    return name


def answer(here: Office, name: str, text: str, **more: object) -> None:
    here.clock.forward(minutes=5)
    here.mail(ANN, ME, "Re: The offer", text, follows=name, **more)
    here.passes()
