"""Letters handed to the person at manual level, until they sent them, in the form they want; none is sent here."""

from __future__ import annotations

import email
import email.policy
from urllib.parse import quote

from sqlalchemy import Connection

from agent.common.desk import Desk
from agent.common.home import Home
from agent.common.outcome import Done
from agent.decide.plans.lifecycle import Progress
from agent.paths import make_private, new_file
from agent.store.base.rows import every
from agent.store.mail.threading import FOLLOWUP
from agent.store.shown import screens
from agent.store.shown.values import Queued
from agent.verbs.actions import hand_over_text
from providers.base import Letter
from providers.mail.freeze import dated
from tui.door.naming import name_of
from tui.door.rows import body_of
from tui.door.values import Handed, Leaving, Told
from tui.text import NOTHING, Foreign

MOST = 200
"""Letters to send by hand that are shown; nobody works off more at a sitting."""
LONGEST = 1_800
"""Characters of an address with a whole letter in it that every mail program takes."""
WAITS = "Send it yourself; relance will see it in Sent."


def waiting(connection: Connection) -> tuple[Leaving, ...]:
    """Those nobody has seen in Sent yet, the oldest first."""
    query = (
        screens.QUEUED.where(FOLLOWUP.c.state == Progress.APPROVED.value, FOLLOWUP.c.kind != "task")
        .order_by(FOLLOWUP.c.id)
        .limit(MOST)
    )
    return tuple(_row(row) for row in every(connection, Queued, query))


def _row(row: Queued) -> Leaving:
    return Leaving(
        number=row.id, person=name_of(row.summary, row.person), address=Foreign(row.person),
        subject=Foreign(row.subject), stage="YOURS", words=Foreign(WAITS), undoable=True,
    )  # fmt: skip


def handed(desk: Desk, number: int) -> Handed | None:
    """The letter as text and as an address for a mail program; None where it cannot be made any more."""
    made = hand_over_text(desk, number)
    return None if isinstance(made, Done) else Handed(Foreign(body_of(made.letter.raw)), _mailto(made.letter))


def _mailto(letter: Letter) -> str:
    """Without the text where that would be too long for one."""
    message = email.message_from_bytes(letter.raw, policy=email.policy.default)
    named = {"subject": message["Subject"], "in-reply-to": message["In-Reply-To"]}
    told = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in named.items() if value)
    start = f"mailto:{','.join(quote(one, safe='@') for one in letter.recipients)}?{told}"
    whole = f"{start}&body={quote(body_of(letter.raw).replace(chr(10), chr(13) + chr(10)), safe='')}"
    return whole if len(whole) <= LONGEST else start


def written(home: Home, desk: Desk, number: int) -> Told:
    """The letter as a file that a mail program opens."""
    made = hand_over_text(desk, number)
    if isinstance(made, Done):
        return Told(False, made.code, Foreign(made.words))
    now = desk.store.clock().astimezone(desk.zone)
    file = make_private(home.places.data / "exports") / f"letter-{number}-{now:%Y%m%d-%H%M%S}.eml"
    try:
        with new_file(file) as fresh:
            fresh.write_bytes(dated(made.letter.raw, now))
    except OSError as problem:
        return Told(False, "not_written", Foreign(f"It could not be written: {problem.strerror}."))
    return Told(True, "written", Foreign(f"Written: {file}"), text=NOTHING)
