"""The mails of a thread with what each means, and which of them we had before us when we wrote; decides nothing."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta

from agent.decide.reading.answers import read_answer
from agent.decide.reading.quoted import typed
from agent.decide.threads.threads import Thread, moment
from agent.decide.values import Answer, Me, Meaning
from providers.base import Mail, Origin

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


def moves(thread: Thread, me: Me, own_ids: AbstractSet[str] = frozenset()) -> list[Move]:
    """Every mail of a thread with its meaning, read against the mail before it; what only claims to be ours is none."""
    here = {mail.message_id for mail in thread.mails if mail.mine}
    ids: AbstractSet[str] = own_ids if here <= own_ids else own_ids | here
    out: list[Move] = []
    parent, seen_own = "", False
    for mail in thread.mails:
        if mail.claimed:
            continue
        text = typed(mail.text, parent)
        answer = read_answer(mail, me=me, parent_text=parent, own_ids=ids, in_thread=seen_own or None, new_text=text)
        out.append(Move(mail, answer, text))
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
