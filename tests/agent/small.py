"""A home with a handful of mails and one thread that went quiet, its person hostile if wanted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from agent.common.home import Home
from agent.drafting.draft import draft_due
from agent.judging.judge import judge_changed
from agent.mailboxes.sync import sync_account
from agent.paths import places
from agent.store.base.rows import first
from agent.store.base.values import NO_TEXT, DraftVersion
from agent.store.mail.threading import FOLLOWUP
from agent.store.work.followups import DRAFT
from agent.store.work.model_calls import CALL
from providers.base import Role
from providers.local.memory import MemoryServer
from tests.conftest import Ticking

ME, BO = "noor@example.org", "bo@lund.example"
CONFIG = """
[me]
name = "Noor"
timezone = "Europe/Amsterdam"
[[account]]
name = "home"
provider = "memory"
address = "noor@example.org"
"""
BODIES = (
    "The plan is fine.  I'd start with the roof.",
    "I sent the numbers to the bank last week.  Have you had time to look?",
    "No rain here, so we painted the gate.",
    "I asked about the tiles on Monday and haven't heard back.  Which colour should we take?",
    "I don't mind either way.  Any news on the fence?",
)
QUIET = (
    "Hiya Bo,\n\nI've put the two offers for the terrace in one table.  Which of the two should we take?\n\nTa,\nNoor"
)


def letter(name: str, sender: str, to: str, at: datetime, text: str, *, subject: str, refs: str = "") -> bytes:
    """One mail."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"], made["Message-ID"] = format_datetime(at), name
    if refs:
        made["In-Reply-To"] = made["References"] = refs
    made.set_content(text)
    return bytes(made)


def small_home(
    folder: Path, clock: Ticking, extra: str = "", *, theirs: str = "", quiet: str = QUIET, own: Sequence[str] = ()
) -> Home:
    """Synced and judged; one follow-up to Bo is due. `own`: whole texts the person wrote before, instead of ours."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(CONFIG + extra)
    home = Home(places(), clock=clock, keyring=False)
    server = home.servers["home"] = MemoryServer(clock)
    for number in range(15):
        at = clock() - timedelta(days=60 + 3 * number)
        text = own[number % len(own)] if own else f"Hiya Ada,\n\n{BODIES[number % 5]}\n\nTa,\nNoor\n"
        raw = letter(f"<own{number}@example.org>", ME, "ada@example.org", at, text, subject="Garden")
        server.deliver(raw, role=Role.SENT, received=at)
    asked = clock() - timedelta(days=12)
    if theirs:
        before = asked - timedelta(days=1)
        raw = letter("<b1@lund.example>", f"Bo Lund <{BO}>", ME, before, theirs, subject="Terrace")
        server.deliver(raw, received=before)
    raw = letter(
        "<a1@example.org>", f"Noor <{ME}>", f"Bo Lund <{BO}>", asked, quiet, subject="Re: Terrace" if theirs else "Terrace",
        refs="<b1@lund.example>" if theirs else "",
    )  # fmt: skip
    server.deliver(raw, role=Role.SENT, received=asked)
    read(home)
    return home


def read(home: Home) -> None:
    """Sync and judge."""
    sync_account(home, home.config.account[0])
    judge_changed(home)


def model_config(url: str, **more: str) -> str:
    """The table of a model there."""
    lines = [f'base_url = "{url}"', *(f"{key} = {value}" for key, value in {"name": '"m"', **more}.items())]
    return "\n[model]\n" + "\n".join(lines) + "\n"


def the_draft(home: Home) -> DraftVersion:
    """Write what is due; the newest text to Bo."""
    draft_due(home)
    query = select(DRAFT).join(FOLLOWUP, FOLLOWUP.c.id == DRAFT.c.followup_id).where(FOLLOWUP.c.person == BO)
    with home.store.read() as connection:
        return first(connection, DraftVersion, query.order_by(DRAFT.c.id.desc())) or NO_TEXT


def number_of(home: Home) -> int:
    """The follow-up to Bo."""
    with home.store.read() as connection:
        return int(connection.exec_driver_sql("SELECT id FROM followup WHERE person = ?", (BO,)).scalar_one())


GOOD = "Hiya Bo,\n\nAny news on the two offers?  Which of the two should we take?\n\nTa,\nNoor"
"""What a well-behaved model answers."""


def answer(body: str = GOOD, **more: object) -> str:
    return json.dumps({"body": body, **more})


def calls_of(connection: Connection, followup: int) -> list[dict[str, Any]]:
    """Every call for one follow-up, oldest first."""
    query = select(CALL).where(CALL.c.followup_id == followup).order_by(CALL.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def profile(home: Home) -> Any:
    from agent.drafting.draft import profile_of

    return profile_of(home)


def notes_of(draft: DraftVersion) -> list[str]:
    return list(json.loads(draft.notes))
