"""Turns mail into what a writer needs and a draft into what is kept; never chooses a recipient and never sends."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agent.decide.facts import check as facts
from agent.decide.threads.received import mails_received_by
from agent.decide.threads.threads import Thread, answered, moment
from agent.decide.values import Me
from agent.drafting.promises import broken_promise, in_words
from providers.base import Address, Mail, Origin
from providers.mail.freeze import reply_subject
from voice.brief import Brief, Drafted, Message, Signal, StepText, Writer, language_of_brief
from voice.jobs import Job, job_of
from voice.languages.detect import language_of
from voice.languages.pack import LANGUAGES
from voice.languages.quotes import typed
from voice.learning.corpus import Corpus, SentMail
from voice.learning.profile import MOST_RECEIVED, Profile, build
from voice.model.writer import NAME as MODEL
from voice.model.writer import without_model
from voice.writing.first import language_of_first
from voice.writing.phrasebook import Phrasebook
from voice.writing.score import score

MOST_OTHER = 2_000
"""Of the other side's mails a writer sees this much."""
PLANTED = {
    "link": "a link", "address": "an address", "account": "an account number", "amount": "an amount",
    "attachment": "an attachment", "script": "letters of another script",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WrittenDraft:
    """A draft with what was checked about it."""

    subject: str
    body: str
    writer: str
    voice: float | None
    facts_ok: bool
    unsupported: tuple[str, ...]
    marked: tuple[str, ...]
    notes: tuple[str, ...]
    abstained: str
    tells: tuple[str, ...] = ()
    """Phrases and shapes that are not the person's."""
    allowed: tuple[str, ...] = ()
    """Wordings that code computed or that come with the writer; a later fact check accepts them too."""


def learn(threads: Iterable[Thread], letters: Container[str] = ()) -> Profile:
    """The voice in everything the person typed. The threads may come one at a time: only what was typed is held."""
    sent: list[SentMail] = []
    heard = Received()
    for thread in threads:
        sent += map(_bare, sent_mails((thread,), letters))
        heard.add(thread)
    corpus = Corpus()
    corpus.add(sorted(sent, key=lambda mail: (mail.at, mail.id)))
    return build(corpus, others=heard.texts())


def _bare(mail: SentMail) -> SentMail:
    """A mail without what the person did not type, where that is all the voice looks at."""
    text = typed(mail.text, mail.parent_text)
    return replace(mail, text=text, parent_text="") if typed(text) == text else mail


class Received:
    """What other people wrote; only letters of it are ever counted, so what is too old for that is let go."""

    def __init__(self) -> None:
        self._found: list[tuple[datetime, str, str]] = []

    def add(self, thread: Thread) -> None:
        """Their mails of one more thread."""
        mails = (mail for mail in answered(thread.mails) if mail.text)
        people = (mail for mail in mails if not mail.header("list-unsubscribe") and not _machine(mail))
        self._found += [(moment(mail), mail.key, mail.text) for mail in people]
        if len(self._found) >= 2 * MOST_RECEIVED:
            self._found = self._newest()

    def texts(self) -> list[str]:
        """The newest first."""
        return [text for *_, text in self._newest()]

    def _newest(self) -> list[tuple[datetime, str, str]]:
        return sorted(self._found, reverse=True)[:MOST_RECEIVED]


def sent_mails(threads: Iterable[Thread], letters: Container[str] = ()) -> list[SentMail]:
    """Own mails, each with the text it answers; those of `letters` or with our mark are not of the person's hand."""
    found = []
    for thread in threads:
        by_name: dict[str, list[Mail]] = {}
        for mail in thread.mails:
            by_name.setdefault(mail.message_id, []).append(mail)
        found += [
            _sent(mail, _parent(mail, by_name), ours=mail.message_id in letters) for mail in thread.mails if mail.mine
        ]
    return sorted(found, key=lambda mail: (mail.at, mail.id))


def _parent(mail: Mail, by_name: Mapping[str, Sequence[Mail]]) -> str:
    """The text a mail answers: under a name that several bear, what was there first when it was written."""
    for name in (*mail.in_reply_to, *mail.references[::-1]):
        there = [other for other in by_name.get(name, ()) if other.received <= mail.received and other is not mail]
        if there:
            return min(there, key=lambda other: other.received).text
    return ""


def _sent(mail: Mail, parent: str, *, ours: bool = False) -> SentMail:
    first = mail.to[0] if mail.to else None
    machine = _machine(mail) or bool(mail.header("list-id")) or ours or bool(mail.header("x-relance-id"))
    return SentMail(
        id=mail.message_id or mail.key,
        at=moment(mail),
        text=mail.text,
        subject=mail.subject,
        to=tuple(address.key for address in mail.to),
        to_name=first.name if first else "",
        parent_text=parent,
        automatic=machine or any(part.content_type == "text/calendar" for part in mail.parts),
    )


def _machine(mail: Mail) -> bool:
    return mail.header("auto-submitted").lower() not in {"", "no"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of one draft beside the thread itself."""

    touch: int = 1
    step: StepText | None = None
    """What the plan says about this touch; without it a question is asked again."""
    say: str = ""
    instruction: str = ""
    signal: Signal | None = None
    about: str = ""
    """What the user said it is about."""
    to: Address | None = None
    """For a first mail: the one person it goes to."""
    person: str = ""
    """Whom it goes to, where the mail it continues is in no mailbox yet."""
    subject: str = ""
    touches: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    memories: tuple[str, ...] = ()
    fence: str = ""


def brief_for(thread: Thread, me: Me, now: datetime, wish: Wish, upto: str = "") -> Brief:
    """What a writer may know of a thread."""
    mails = until(thread, upto)
    own = own_words(thread, me, wish.person, upto)
    other = [mail for mail in mails if mail.origin is Origin.OTHER]
    last = own[-1] if own else None
    to = last.to[0] if last and last.to else wish.to if last is None else None
    return Brief(
        now=now,
        own=tuple(_message(mail) for mail in own),
        other=tuple(_message(mail, MOST_OTHER) for mail in other),
        subject=last.subject if last else wish.subject,
        recipient_name=(to.name or _known_name(answered(mails), to.key)) if to else "",
        recipient_address=to.key if to else "",
        circle=to.domain if to else "",
        job=_job(wish, first=last is None and wish.to is not None),
        step=wish.step,
        touch=wish.touch,
        instruction=wish.instruction,
        say=wish.say,
        seen=wish.seen,
        signal=wish.signal,
        about=wish.about,
        last_touches=wish.touches,
        memories=wish.memories,
        promised=in_words(broken_promise(thread, me, now, last), last, now),
        fence=wish.fence,
    )


def _job(wish: Wish, *, first: bool) -> Job:
    """What the letter is there for."""
    if first:
        return Job.FIRST
    if wish.step is None:
        return Job.ASK_AGAIN if wish.touch <= 1 else Job.EASY
    return job_of(wish.step.words)


def own_words(thread: Thread, me: Me, person: str, upto: str = "") -> list[Mail]:
    """What the user wrote to those a letter goes to, up to the mail it continues: the last one when none is named."""
    mails = until(thread, upto)
    last = next((mail for mail in reversed(mails) if mail.mine), None)
    name = upto if (upto and person) or last is None else last.message_id or last.key
    known = {(mail.key, mail.message_id): mail for mail in mails_received_by(thread, name, person, me.keys)}
    return [known[mail.key, mail.message_id] for mail in mails if (mail.key, mail.message_id) in known]


def until(thread: Thread, upto: str) -> Sequence[Mail]:
    """The mails up to that one of the user's, which the draft continues; all of them when none is named."""
    for place, mail in enumerate(thread.mails):
        if upto and mail.mine and upto in (mail.message_id, mail.key):
            return thread.mails[: place + 1]
    return thread.mails


def _known_name(mails: Sequence[Mail], key: str) -> str:
    """The name a person signs their own mail with."""
    return next((mail.sender.name for mail in reversed(mails) if mail.sender and mail.sender.key == key), "")


def _message(mail: Mail, most: int = 100_000) -> Message:
    sender = mail.sender.key if mail.sender else ""
    return Message(moment(mail), mail.text[:most], mail.subject, sender)


def write(brief: Brief, profile: Profile, writer: Writer | None = None) -> WrittenDraft:
    """Have a draft written, and check what it states against the person's own words."""
    if brief.job is Job.FIRST:
        brief, writer = replace(brief, language=language_of_first(brief, profile)), Phrasebook()
    drafted = (writer or Phrasebook()).write(brief, profile)
    planted = planted_in(drafted, brief) if drafted.writer == MODEL else ""
    if planted:
        drafted = without_model(Phrasebook(), brief, profile, planted)
    if drafted.abstained:
        return WrittenDraft("", "", drafted.writer, None, True, (), (), drafted.notes, drafted.abstained)
    report = check_facts(drafted, brief)
    scored = score(drafted.body, profile, language_of_brief(brief, profile))
    tells = tuple(f"{tell.name}: {tell.span}" for tell in scored.tells)
    return WrittenDraft(
        subject=brief.subject if brief.job is Job.FIRST else drafted.subject or reply_subject(brief.subject),
        body=drafted.body,
        writer=drafted.writer,
        voice=scored.value,
        facts_ok=report.ok,
        unsupported=tuple(finding.text for finding in report.unsupported),
        marked=tuple(finding.text for finding in report.marked),
        notes=(*drafted.notes, *tells),
        abstained="",
        tells=tells,
        allowed=(*allowed_in(drafted), *filter(None, said_by_step(brief))),
    )


def planted_in(drafted: Drafted, brief: Brief) -> str:
    """What a model can only have from somebody else, or from nowhere: no draft is worth showing with it."""
    for finding in check_facts(drafted, brief).unsupported:
        if finding.kind in PLANTED:
            return f"its text held {PLANTED[finding.kind]} you never wrote ({finding.text[:60]})"
    return ""


def check_facts(drafted: Drafted, brief: Brief) -> facts.FactReport:
    """What of the draft the person never wrote."""
    subjects, taken = facts.subjects(
        [(message.at, message.subject) for message in brief.own],
        [(message.at, message.subject) for message in brief.other],
    )
    own = [*(typed(message.text) for message in brief.own), *subjects]
    extra = [brief.instruction, brief.say, brief.about, *said_by_step(brief)]
    if brief.signal is not None:
        extra += [brief.signal.text, brief.signal.url]
    others = [typed(message.text) for message in brief.other]
    language = brief.language or language_of(typed(brief.own[-1].text), LANGUAGES, "en")
    taken = [*taken, brief.recipient_name]
    return facts.check(drafted.body, own, others, extra, language=language, allowed=allowed_in(drafted), taken=taken)


def said_by_step(brief: Brief) -> tuple[str, ...]:
    """What the user said for this step of a plan, which a letter may state."""
    if brief.step is None:
        return ()
    return (*brief.step.texts.values(), *brief.step.facts, brief.step.ask)


def allowed_in(drafted: Drafted) -> tuple[str, ...]:
    """Times computed in code and the writer's own neutral wordings."""
    neutral = [phrase.text for phrase in drafted.phrases if phrase.source in {"neutral", "computed"}]
    return (*drafted.allowed, *neutral)


def facts_json(made: WrittenDraft) -> str:
    """What was checked, the way it is kept beside a draft."""
    found = {
        "ok": made.facts_ok, "unsupported": made.unsupported, "marked": made.marked, "allowed": made.allowed,
        "tells": made.tells,
    }  # fmt: skip
    return json.dumps(found, ensure_ascii=False)
