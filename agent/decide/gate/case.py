"""What the gate looks at and what it says, as values; never fetched from anywhere by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from agent.decide.gate.levels import Level


class CheckVerdict(StrEnum):
    """What a check says, least strict first."""

    ALLOW = "allow"
    HOLD = "hold"
    REFUSE = "refuse"

    @property
    def rank(self) -> int:
        return tuple(CheckVerdict).index(self)


class Moment(StrEnum):
    """When the gate is asked."""

    DRAFT = "draft"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Check:
    """One check speaking."""

    name: str
    verdict: CheckVerdict
    code: str
    reason: str
    again_at: datetime | None = None
    """Waiting until then is enough; nobody has to act."""


@dataclass(frozen=True, slots=True)
class News:
    """What the mailbox shows that was not there when the text was approved, or written."""

    answers: tuple[str, ...] = ()
    """Meanings of new mails in the thread."""
    by_hand: bool = False
    """The user wrote in the thread."""
    claimed: bool = False
    """A mail in the user's name came that their provider did not vouch for."""
    elsewhere: bool = False
    """The person wrote in another thread or from another address."""
    own_draft: bool = False
    """The user has begun a draft in the thread."""
    unreadable: bool = False
    """A mail of the thread could not be read; it may be the answer."""
    already_there: bool = False
    """This very letter is in the mailbox."""
    by_robot: bool = False
    """A service wrote of a booking, a signature, a payment or a ticket of theirs."""
    by_plan: str = ""
    """What only the plan knew to look for and found, as a sentence: a rule that is met, an answer of a colleague."""
    settled: str = ""
    """What ended the matter or the person before: decline, opt_out, left, stopped."""


@dataclass(frozen=True, slots=True)
class Look:
    """The fresh read of the mailboxes."""

    age: timedelta | None = None
    failed: tuple[str, ...] = ()
    """Accounts with a folder that could not be read."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom."""

    sender: str = ""
    identity: str = ""
    """The own address the thread was written with."""
    identities: frozenset[str] = frozenset()
    """Own addresses the provider lets us write as."""
    recipients: tuple[str, ...] = ()
    allowed: frozenset[str] = frozenset()
    """Addresses the user wrote to with the mail the letter continues."""
    origin: str = "first"
    """How that mail is known to be the user's; empty where it is not, `first` where there is none to continue."""
    continues: bool = True
    """Whether the bytes of the letter name exactly that mail."""
    doubts: tuple[str, ...] = ()
    """Codes of what looks wrong about an address: look_alike, list, no_reply, robot; words may follow `: `."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is known about the text."""

    length: int = 0
    unsupported: tuple[str, ...] = ()
    """Facts found nowhere, or only where they do not count."""
    from_others: tuple[str, ...] = ()
    """Facts found only in what the other side wrote."""
    voice: float | None = None
    """How much it sounds like the user; None when nothing is known."""
    learned_mails: int = 0
    languages: tuple[str, str] = ("", "")
    """What the text is in and what the user writes in here; empty where it cannot be told, or is theirs to choose."""
    tells: tuple[str, ...] = ()
    pretends: str = ""
    """Words that say a question was asked or an answer is missing, where none of the user's mails asked anything."""
    sensitive: str = ""
    injection: str = ""
    copied: int = 0
    """Longest run of characters shared with incoming mail."""
    likeness: float = 0.0
    """To the closest of the user's own mails in the thread, 1 being the same."""
    mentions_attachment: bool = False
    attachments: int = 0
    same_text_to: int = 0
    """Other people the same words went or would go to."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What the user allowed."""

    level: Level = Level.MANUAL
    ceiling: str = ""
    approved_by: str = ""
    """user, policy or nobody yet."""
    approved_digest: str = ""
    digest: str = ""
    used: bool = False
    """The approval has served already."""
    accepted: frozenset[str] = frozenset()
    """Names of checks that held when the user approved, shown beside the text."""
    paused: str = ""


@dataclass(frozen=True, slots=True)
class PlanStep:
    """Where the plan stands."""

    plan: str = ""
    touch: int = 1
    touches: int = 1
    is_task: bool = False
    ended: str = ""
    """The rule that ended the plan."""
    age_days: int = 0
    max_age_days: int = 60
    slot: datetime | None = None
    """The next moment this person may be written to; None for at once."""
    stale_at: datetime | None = None
    may_have_left: bool = False
    """The store was restored or copied since, and nobody said yet that this is still open."""


@dataclass(frozen=True, slots=True)
class Budget:
    """A cap that is reached, if one is."""

    code: str = ""
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MonthlyCap:
    """A cap of a month that is reached, if one is."""

    code: str = ""
    who: str = ""
    """The person, or the domain of the organisation."""
    most: int = 0
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the gate may know."""

    moment: Moment
    news: News = field(default_factory=News)
    look: Look = field(default_factory=Look)
    envelope: Envelope = field(default_factory=Envelope)
    content: Content = field(default_factory=Content)
    consent: Consent = field(default_factory=Consent)
    step: PlanStep = field(default_factory=PlanStep)
    budget: Budget = field(default_factory=Budget)
    month: MonthlyCap = field(default_factory=MonthlyCap)

    @property
    def sending(self) -> bool:
        return self.moment is Moment.SEND

    @property
    def alone(self) -> bool:
        """Nobody read the text before."""
        return self.consent.approved_by != "user"


Finding = tuple[CheckVerdict, str, str]
Rule = Callable[[Case, datetime], Check]

ALLOW, HOLD, REFUSE = CheckVerdict.ALLOW, CheckVerdict.HOLD, CheckVerdict.REFUSE
