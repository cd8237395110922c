"""The mails of a thread with what each means, and which of them we had before us when we wrote; decides nothing."""

from __future__ import annotations

import re
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import timedelta

from agent.decide.reading.answers import read_answer
from agent.decide.reading.copied import above_another, without_copies
from agent.decide.reading.expects import Expectation, expectation
from agent.decide.threads.threads import Thread, moment
from agent.decide.values import Answer, Me, Meaning
from providers.base import Mail, Origin
from voice.languages.quoted import typed
from voice.languages.subjects import prefix

ANSWERED = frozenset(
    {Meaning.REPLY, Meaning.DECLINE, Meaning.OPT_OUT, Meaning.DELEGATE, Meaning.BOOKED, Meaning.LEFT, Meaning.UNSURE}
)
LONGEST_ON_THE_WAY = timedelta(days=7)
"""A mail that took longer was rather moved here from another mailbox."""
TOGETHER = timedelta(days=1)
"""So long it may take to bring a whole mailbox here."""


@dataclass(frozen=True, slots=True)
class Move:
    """One mail of the thread and what it means."""

    mail: Mail
    answer: Answer
    text: str
    words: str = ""
    """Of a mail of ours what stands in no earlier mail of others."""
    above: str | None = None
    """What stands above another mail that may lie in ours; None where nothing looks like one."""

    @property
    def mine(self) -> bool:
        return self.answer.meaning is Meaning.OWN

    @property
    def by_hand(self) -> bool:
        """Written by us; machines in our name, invitations and list echoes are no moves."""
        mail = self.mail
        machine = mail.header("auto-submitted") and not mail.header("x-relance-id")
        return (
            self.mine and not machine and not any(part.content_type.startswith("text/calendar") for part in mail.parts)
        )


def expected(move: Move, *, answering: bool = False) -> Expectation:
    """What a mail of ours expects: only what we typed asks, and whatever is in it may say that it asks nothing."""
    found = expectation(move.text, answering=answering)
    if move.words == move.text or not move.mine:
        return found
    own = expectation(move.words, answering=answering)
    asks = found.asks and own.asks
    return Expectation(asks, own.evidence if asks else "", found.patient or own.patient, found.courtesy or own.courtesy)


def doubtful(move: Move) -> bool:
    """Whether what a mail of ours asks may all be somebody else's question, of a mail that is not here."""
    return move.above is not None and expected(move).asks and not expectation(move.above).asks


def earlier_words(thread: Thread, mail: Mail) -> list[str]:
    """All that others wrote in a thread before a mail of ours, or that it answers: text, subject and name."""
    place = thread.mails.index(mail) if mail in thread.mails else len(thread.mails)
    cited = {*mail.in_reply_to, *mail.references} - {""}
    before = [
        other for number, other in enumerate(thread.mails)
        if not other.mine and (number < place or other.message_id in cited)
    ]  # fmt: skip
    names = [f"{one.sender.name}\n" if one.sender else "" for one in before]
    return [f"{name}{one.subject}\n\n{one.text}" for name, one in reversed(list(zip(names, before, strict=True)))]


def typed_by_us(thread: Thread, mail: Mail, addresses: Collection[str]) -> Mail:
    """A mail of ours without what earlier mails of others say, or one that is not here, however it was quoted."""
    before = (one for one in thread.mails if one.mine and one is not mail and later(mail, one))
    own = [said for one in before for said in _said_first(one, without_copies(one.text, earlier_words(thread, one)))]
    text = without_copies(mail.text, earlier_words(thread, mail), own)
    above = _above(thread, mail, text, addresses)
    text = text if above is None else above
    return mail if text == mail.text else replace(mail, text=text)


def _said_first(mail: Mail, words: str) -> list[str]:
    """What we may say again; the subject of an answer is somebody else's."""
    begins = not (mail.in_reply_to or mail.references or prefix().match(mail.subject[:300].lower()))
    return [mail.subject, words] if begins else [words]


def _above(thread: Thread, mail: Mail, words: str, own: Collection[str], name: str = "") -> str | None:
    """Where the mail it answers is not here, what stands above anything that may be that mail."""
    here = {other.message_id for other in thread.mails if other is not mail}
    tied = mail.in_reply_to or mail.references[-1:]
    if tied and not here.isdisjoint(tied):
        return None
    people = [*(f"{one.name} {one.key.partition('@')[0]}" for one in mail.recipients), name]
    names = {word for one in people for word in re.split(r"[\W_]+", one.casefold()) if word}
    answers = bool(tied) or bool(prefix().match(mail.subject[:300].lower()))
    return above_another(words, own, names, answers=answers)


def moves(thread: Thread, me: Me, own_ids: AbstractSet[str] = frozenset()) -> list[Move]:
    """Every mail of a thread with its meaning, read against the mail before it; what only claims to be ours is none."""
    here = {mail.message_id for mail in thread.mails if mail.mine}
    ids: AbstractSet[str] = own_ids if here <= own_ids else own_ids | here
    out: list[Move] = []
    parent, seen_own, said = "", False, list[str]()
    for mail in thread.mails:
        if mail.claimed:
            continue
        text = typed(mail.text, parent)
        answer = read_answer(mail, me=me, parent_text=parent, own_ids=ids, in_thread=seen_own or None, new_text=text)
        words, above = text, None
        if answer.meaning is Meaning.OWN:
            words = without_copies(text, earlier_words(thread, mail), said)
            above = _above(thread, mail, words, me.keys, me.name)
            words = above if above is not None and expectation(above).asks else words
            said += _said_first(mail, words)
        out.append(Move(mail, answer, text, words, above))
        if answer.meaning is Meaning.OWN:
            parent, seen_own = text, True
            ids = ids if mail.message_id in ids else ids | {mail.message_id}
    return out


def later(mail: Mail, own: Mail) -> bool:
    """Whether a mail was written or came after ours; its writer sets the one, our server the other."""
    return mail.received > own.received or moment(mail) > moment(own)


def moving(thread: Thread, own: Mail | None) -> list[Mail]:
    """What others wrote that may move the day: all we did not have before us when we wrote, and the last we had."""
    theirs = [mail for mail in thread.mails if mail.origin is Origin.OTHER]
    if own is None or own not in thread.mails:
        return theirs
    place = thread.mails.index(own)
    had = [mail for mail in theirs if thread.mails.index(mail) < place and there_for(mail, own)]
    return [mail for mail in theirs if mail not in had[:-1]]


def there_for(mail: Mail, own: Mail) -> bool:
    """Whether it had come when we wrote ours: only then did ours react to it, whatever date it bears."""
    # Of mail that was brought here all at once only the dates tell an order.
    together = TOGETHER if own.received > moment(own) + LONGEST_ON_THE_WAY else timedelta(0)
    return mail.received <= max(own.received, moment(own)) + together


def had(mail: Mail, own: Mail, ours: AbstractSet[str]) -> bool:
    """Whether a mail dated before ours was before us when we wrote.

    One that came later was not if it answers a mail of ours, whatever its date says; without that, only as long as
    a mail may be on its way: old mail that is filed anew is no answer.
    """
    if there_for(mail, own):
        return True
    return ours.isdisjoint((*mail.in_reply_to, *mail.references)) and mail.received > moment(mail) + LONGEST_ON_THE_WAY
