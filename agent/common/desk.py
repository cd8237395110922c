"""What the outbox needs from outside, in one value that tests can fill with their own; never does anything itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from sqlalchemy import Connection

from agent.decide.gate.case import Content
from agent.decide.gate.levels import Ceiling, Level, Rule
from agent.decide.threads.robots import Notice
from agent.decide.threads.threads import Thread
from agent.store.base.engine import Store
from agent.store.base.values import DraftVersion, Followup, KeptLetter
from agent.store.work.budgets import Limits
from providers.base import Mail, Mailbox, Sender

MOST_ALONE = 3
"""Later touches in one thread always pass a person."""

PUBLIC_DOMAINS = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com mac.com
    aol.com gmx.de gmx.net web.de t-online.de orange.fr free.fr laposte.net wanadoo.fr libero.it proton.me
    protonmail.com fastmail.com zoho.com mail.ru yandex.ru qq.com 163.com
    """.split()  # noqa: SIM905 (a list of quoted words is harder to read)
)


def careful_meaning(mail: Mail, thread: Thread, own: frozenset[str]) -> str:
    """Without a judge every mail of somebody else is an answer: that sends least."""
    del mail, thread, own
    return "reply"


def own_organisation(address: str) -> str:
    """The domain, where it belongs to an organisation and not to a mail service."""
    domain = address.rpartition("@")[2].lower()
    return "" if domain in PUBLIC_DOMAINS else domain


def at_once(followup: Followup, now: datetime) -> datetime | None:
    """No better moment is known."""
    del followup, now
    return None


def only_length(thread: Thread, draft: DraftVersion, followup: Followup) -> Content:
    """Without a reader of texts nothing is known of them, so nothing is automatic."""
    del thread, followup
    return Content(length=len(draft.body))


def nothing_told(connection: Connection, followup: Followup, newest: int) -> str:
    """Without plans no mail means anything to one."""
    del connection, followup, newest
    return ""


def no_ceiling(followup: Followup) -> tuple[Ceiling, ...]:
    """Ceilings the follow-up itself asks for."""
    held = (Ceiling(Level.COPILOT, followup.hold),) if followup.hold else ()
    planned = (Ceiling(Level(followup.ceiling), "plan"),) if followup.ceiling else ()
    many = (Ceiling(Level.COPILOT, "many_touches"),) if followup.touch > MOST_ALONE else ()
    return held + planned + many


@dataclass(frozen=True, slots=True)
class Judgement:
    """What decides about mails and texts, as functions."""

    meaning: Callable[[Mail, Thread, frozenset[str]], str] = careful_meaning
    content: Callable[[Thread, DraftVersion, Followup], Content] = only_length
    slot: Callable[[Followup, datetime], datetime | None] = at_once
    organisation: Callable[[str], str] = own_organisation
    ceilings: Callable[[Followup], tuple[Ceiling, ...]] = no_ceiling
    touches: Callable[[str], int] = lambda _plan: 3
    plan_since: Callable[[Connection, Followup, int], str] = nothing_told
    """What mail with a higher number means to the plan of a follow-up: a sentence, or nothing."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One own account as the outbox sees it."""

    name: str
    number: int
    address: str
    own: frozenset[str]
    """Every own address in it, in lower case."""
    called: str = ""
    """The name the user writes under, for a mail that continues none."""
    files_copy: str = "auto"
    """Whether the server itself files what is sent: auto, yes, no."""


@dataclass(slots=True)
class Desk:
    """Where letters are worked on."""

    store: Store
    seats: tuple[Seat, ...]
    mailbox: Callable[[str], Mailbox]
    sender: Callable[[str], Sender]
    pause_file: Path
    seconds: Callable[[], float]
    """A clock that nobody sets and that also runs while the machine sleeps."""
    owner: str
    rules: tuple[Rule, ...] = ()
    limits: Limits = field(default_factory=Limits)
    hold_approved: timedelta = timedelta(seconds=30)
    hold_autopilot: timedelta = timedelta(minutes=10)
    judgement: Judgement = field(default_factory=Judgement)
    zone: tzinfo = UTC
    spread: Callable[[], float] = lambda: 1.0
    """Between 0 and 1, so that many do not come back at once."""
    say_automatic: bool = True
    quote_last: bool = False
    drafts_in_mailbox: bool = False
    """Whether drafts also lie in the Drafts folder of the mailbox."""
    heed: Callable[[KeptLetter], None] = lambda _letter: None
    """Called just before a letter leaves; raises where the person took it back in the mailbox."""
    taught: Callable[[Followup, DraftVersion, Thread], object] = lambda *_: None
    """Told of every text a person approved: what they changed in it is a lesson."""
    lacking: Callable[[str], str] = lambda _level: ""
    """What must be done before letters can leave at a level: a sentence, or nothing."""
    blocked: dict[str, datetime] = field(default_factory=dict)
    """Accounts a server asked to leave alone, and until when."""
    max_age_days: int = 60
    newest: int = 0
    """The newest stored mail that waiting letters were compared with."""
    heard: dict[int, Notice | None] = field(default_factory=dict)
    """By number what a stored mail tells as a robot, so that each is read for it once."""

    @property
    def own(self) -> frozenset[str]:
        """Every own address of every account."""
        return frozenset().union(*(seat.own for seat in self.seats))

    def seat(self, number: int) -> Seat | None:
        """The account with this number."""
        return next((seat for seat in self.seats if seat.number == number), None)
