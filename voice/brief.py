"""The values a writer gets and gives: one person's mail and one draft; never a recipient, a header or a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from voice.jobs import Job
from voice.languages.detect import spoken
from voice.languages.quotes import typed

if TYPE_CHECKING:
    from voice.learning.profile import Profile


WITHOUT = "Written without the model: "
"""How a note begins that says why the phrasebook wrote instead."""


@dataclass(frozen=True, slots=True)
class Message:
    """One mail of the thread."""

    at: datetime
    text: str
    subject: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """A reason to write now, as the user gave it."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class StepText:
    """One step of a plan, in the user's words: everything in it counts as said by the user."""

    words: str
    """Its job, as the plan calls it."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The user's own text for it, by language, "" for any; it may name {name}, {date} and {about}."""
    facts: tuple[str, ...] = ()
    """What a letter may state beside the user's mails."""
    ask: str = ""
    """The question it ends with."""
    tone: str = ""
    """formal, informal or short."""
    on: date | None = None
    """The day the plan counts back from."""
    last: bool = False
    """Whether the plan has no further touch."""


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything a writer may know about one follow-up."""

    now: datetime
    own: tuple[Message, ...]
    """The user's own mails of the thread, oldest first, in full; the last one waits for an answer."""
    other: tuple[Message, ...] = ()
    """Foreign text: data for a model, a source of nothing that is stated."""
    subject: str = ""
    recipient_name: str = ""
    recipient_address: str = ""
    circle: str = ""
    language: str = ""
    job: Job = Job.ASK_AGAIN
    touch: int = 1
    instruction: str = ""
    step: StepText | None = None
    """What the plan says about this touch; None for a thread that only went quiet."""
    say: str = ""
    """What the user asked for when the draft was to be written again."""
    seen: tuple[str, ...] = ()
    """Texts of this draft the user has seen and wants written again, the current one last."""
    signal: Signal | None = None
    about: str = ""
    """What the user said a first mail is about, in their own words."""
    last_touches: tuple[str, ...] = ()
    """Follow-ups already sent in this thread; their wording may not come back."""
    memories: tuple[str, ...] = ()
    ask: str = ""
    """The open question, where the caller knows it; else it is looked for in the user's last mail."""
    promised: str = ""
    """A day the other side named and let pass, in the words of `when.day`; empty when there is none."""
    fence: str = ""
    """Random marker around foreign text for a model; chosen by the caller."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One piece of a draft and where it came from."""

    text: str
    source: str
    """own_thread, own_mail, neutral, computed, signal, instruction or model."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft, or the reason why there is none."""

    body: str
    writer: str
    phrases: tuple[Phrase, ...] = ()
    notes: tuple[str, ...] = ()
    abstained: str = ""
    allowed: tuple[str, ...] = ()
    """Relative dates computed in code; a fact check accepts these spans."""
    subject: str = ""


class Writer(Protocol):
    """Writes one follow-up."""

    def write(self, brief: Brief, profile: Profile) -> Drafted: ...


def language_of_brief(brief: Brief, profile: Profile) -> str:
    """The language a draft must be in."""
    own, others = ([typed(message.text) for message in mails] for mails in (brief.own, brief.other))
    return brief.language or spoken(own, others, profile.usual_language)
