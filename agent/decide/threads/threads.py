"""Joins mails into threads by their references alone; never by subject and never by guess."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from agent.address_forms import WORD_MARK
from agent.decide.threads.copies import fingerprint
from agent.decide.threads.people import FREE_MAIL, plain_key
from providers.base import Address, Mail, Origin, Role

MOST_REFERENCES = 200
"""A longer chain keeps its start and its end; no mail program writes one."""
MOST_WRONG_CLOCKS = 8
"""So many mails in a row may be dated before the one each of them answers."""
A_LITTLE = timedelta(microseconds=1)
"""The smallest step there is: an answer stands behind what it answers, however wrong its clock is."""
RETURNED = ("rfc822-headers", "global-headers")
ID_LINE = re.compile(r"^message-id:\s{0,10}(<[^<>\s]{1,400}>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Thread:
    """Mails that reference each other. One mail per Message-ID, oldest first; unsent drafts lie apart."""

    key: str
    """The Message-ID at the root, also when that mail itself is not in the mailbox."""
    mails: tuple[Mail, ...]
    drafts: tuple[Mail, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """What threading needs to know of one mail."""

    own: str
    """Its Message-ID, or something unique where it has none."""
    chain: tuple[str, ...]
    """What it references, oldest first."""
    at: datetime
    hint: str = ""
    mine: bool = False


class Joined:
    """Sets of things that belong together; joining is all it can do."""

    def __init__(self) -> None:
        self._parent: dict[Hashable, Hashable] = {}

    def find(self, item: Hashable) -> Hashable:
        """The one that stands for the whole set of this one."""
        parent = self._parent
        if item not in parent:
            parent[item] = item
            return item
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, one: Hashable, other: Hashable) -> None:
        """From now on both are in one set."""
        first, second = self.find(one), self.find(other)
        if first != second:
            self._parent[second] = first


def node(mail: Mail) -> Node:
    """The references of a mail, as one chain."""
    chain = mail.references
    if len(chain) > MOST_REFERENCES:
        chain = chain[: MOST_REFERENCES // 2] + chain[-MOST_REFERENCES // 2 :]
    own = mail.message_id or f"key:{mail.key}"
    extra = tuple(item for item in (*mail.in_reply_to, *returned(mail)) if item not in chain)
    return Node(
        own, tuple(dict.fromkeys(item for item in chain + extra if item != own)), mail.at, mail.thread_hint, mail.mine
    )


def returned(mail: Mail) -> tuple[str, ...]:
    """The mails a delivery report gives back; many servers name them nowhere else."""
    if not mail.parts:
        return ()
    texts = [part.text for part in mail.parts if part.content_type.lower().endswith(RETURNED)]
    return tuple(found[1] for text in texts if (found := ID_LINE.search(text)))


def names(item: Node) -> tuple[str, ...]:
    """Everything that ties a mail to its thread."""
    tied = (*item.chain, item.own)
    return (*tied, f"hint:{item.hint}") if item.hint else tied


def root_of(nodes: Sequence[Node]) -> str:
    """The start of a thread; the same for the same mails in any order.

    It is the name by which a person's decisions are kept, so where the user wrote nobody else's references count.
    """
    nodes = [item for item in nodes if item.mine] or nodes
    follows = {later for item in nodes for later in (*item.chain[1:], *((item.own,) if item.chain else ()))}
    mentioned = {name for item in nodes for name in (*item.chain[:1], item.own)}
    starts = (mentioned - follows) or mentioned
    dates = {item.own: item.at for item in nodes}
    earliest = datetime.min.replace(tzinfo=UTC)
    return min(starts, key=lambda name: (dates.get(name, earliest), name))


def assemble(mails: Iterable[Mail], key: str = "") -> Thread:
    """The mails of one thread: copies folded into one, in the order they were written."""
    sent: dict[tuple[str, str], list[Mail]] = {}
    drafts = []
    for mail in mails:
        if is_draft(mail):
            drafts.append(mail)
            continue
        # A stranger may reuse an id; only a mail that also claims the same writer can be a copy.
        identity = (mail.message_id or mail.key, mail.sender.key if mail.sender else "")
        sent.setdefault(identity, []).append(mail)
    ordered = in_order(mail for copies in sent.values() for mail in folded(copies))
    return Thread(key or root_of([node(mail) for mail in ordered or drafts]), ordered, tuple(drafts))


def folded(copies: list[Mail]) -> list[Mail]:
    """Mails under one id from one writer: the surest of the user's own, and of others each that reads otherwise."""
    if len(copies) == 1:
        return copies
    if any(mail.mine for mail in copies):
        return [min(copies, key=_rank)]
    alike: dict[str, list[Mail]] = {}
    for mail in sorted(copies, key=_rank):
        alike.setdefault(fingerprint(mail), []).append(mail)
    return [_one(same) for same in alike.values()]


def _one(copies: list[Mail]) -> Mail:
    """One mail that lies in several places. It may stop what any of its copies stops: it came when the last one did."""
    first, came = copies[0], max(mail.received for mail in copies)
    labels = tuple(dict.fromkeys(label for mail in copies for label in mail.labels))
    if (came, labels) == (first.received, first.labels):
        return first
    return replace(first, received=came, labels=labels)


def answered(mails: Iterable[Mail]) -> list[Mail]:
    """What others wrote and the user answered. What merely lies in a mailbox shapes nothing the user writes."""
    every, until = list(mails), dict[str, datetime]()
    own = [mail for mail in every if mail.mine]
    for mail in own:
        until |= {name: max(mail.received, until.get(name, mail.received)) for name in node(mail).chain}
    # Whoever takes the name of a mail of the user's is not answered by what names that mail.
    for mail in own:
        until.pop(mail.message_id, None)
    theirs = (mail for mail in every if mail.origin is Origin.OTHER)
    return [mail for mail in theirs if mail.message_id in until and mail.received <= until[mail.message_id]]


def families(thread: Thread) -> list[list[Mail]]:
    """The user's own mails, those together that the user tied: by answering, and by whom they wrote to.

    A stranger may name two threads of the user's in one mail; that makes them one thread, and never one family. Nor
    does an answer to a stranger tie what they named: it only repeats it.
    """
    joined = Joined()
    mine = [mail for mail in thread.mails if mail.mine]
    for mail in (*mine, *answered(thread.mails)):
        tied = names(node(mail)) if mail.mine else (*node(mail).chain, node(mail).own)
        for name in tied[1:]:
            joined.join(tied[0], name)
    found: dict[Hashable, list[Mail]] = {}
    for mail in mine:
        found.setdefault(joined.find(node(mail).own), []).append(mail)
    writers = _writers(thread)
    return [part for group in found.values() for part in _by_people(group, writers)]


def _writers(thread: Thread) -> dict[str, list[Address]]:
    """By Message-ID who else wrote it."""
    found: dict[str, list[Address]] = {}
    for mail in thread.mails:
        if mail.origin is Origin.OTHER and mail.sender is not None and mail.message_id:
            found.setdefault(mail.message_id, []).append(mail.sender)
    return found


def _by_people(group: list[Mail], writers: Mapping[str, Sequence[Address]]) -> list[list[Mail]]:
    """Parts of a family that share somebody, or somebody's organisation: whom they went to, or whom they answer."""
    own = {plain_key(mail.sender.email) for mail in group if mail.sender}
    joined, tied = Joined(), list[tuple[Mail, list[str]]]()
    for mail in group:
        answers = (address for name in mail.in_reply_to for address in writers.get(name, ()))
        ties = [tie for address in (*mail.recipients, *answers) for tie in _ties(address, own)]
        tied.append((mail, ties))
        for tie in ties[1:]:
            joined.join(ties[0], tie)
    # A mail to nobody, or to the user alone, is no matter of its own.
    usual = next((ties for _, ties in tied if ties), [""])
    parts: dict[Hashable, list[Mail]] = {}
    for mail, ties in tied:
        parts.setdefault(joined.find((ties or usual)[0]), []).append(mail)
    return list(parts.values())


def _ties(address: Address, own: AbstractSet[str]) -> list[str]:
    """By what somebody is known in two mails; the user's own addresses tie nothing."""
    key = plain_key(address.email)
    if key in own or WORD_MARK in address.key:
        return []
    return [key] if address.domain in FREE_MAIL or not address.domain else [key, address.domain]


def kin(thread: Thread, basis: Mail | None) -> list[Mail]:
    """The user's own mails that belong with one of them; all there are where none is named."""
    known = families(thread)
    near = next((group for group in known if basis in group), None) if basis is not None else None
    return near if near is not None else [mail for group in known for mail in group]


def in_order(mails: Iterable[Mail]) -> tuple[Mail, ...]:
    """As they were written: by their dates, but nobody answers a mail before it is there, whatever their clock says."""
    dated = sorted(mails, key=lambda mail: (moment(mail), mail.message_id, mail.key))
    # Of mails under one id ours counts, and of others the older: whoever takes an id again moves nothing.
    named = [(mail.mine, mail.message_id, place) for place, mail in reversed(list(enumerate(dated))) if mail.message_id]
    places = {name: place for _, name, place in sorted(named, key=lambda item: item[0])}
    cited = [
        [
            places[name]
            for name in (*mail.in_reply_to, *mail.references[-1:])
            if name in places and can_be_answered(dated[places[name]], mail)
        ]
        for mail in dated
    ]
    times = [moment(mail) for mail in dated]
    for _ in range(MOST_WRONG_CLOCKS):
        before = list(times)
        for place, others in enumerate(cited):
            later = [times[other] + A_LITTLE for other in others if other != place]
            times[place] = max([times[place], *later])
        if times == before:
            break
    return tuple(dated[place] for place in sorted(range(len(dated)), key=times.__getitem__))


def can_be_answered(mail: Mail, answer: Mail) -> bool:
    """Whether a mail can be what another answers: ours, or one that had come when that was written or came."""
    return mail.mine or mail.received <= max(answer.received, moment(answer))


def gather(mails: Iterable[Mail]) -> list[Thread]:
    """All threads of a set of mails, in the order of their newest mail."""
    kept = list(mails)
    joined = Joined()
    for mail in kept:
        tied = names(node(mail))
        for name in tied[1:]:
            joined.join(tied[0], name)
    groups: dict[Hashable, list[Mail]] = {}
    for mail in kept:
        groups.setdefault(joined.find(names(node(mail))[0]), []).append(mail)
    threads = [assemble(group) for group in groups.values()]
    return sorted(threads, key=lambda thread: max(moment(mail) for mail in thread.mails or thread.drafts))


def moment(mail: Mail) -> datetime:
    """When a mail was written; a date in the future of its arrival is not believed."""
    if mail.date is None or mail.date > mail.received:
        return mail.received
    return mail.date


def is_draft(mail: Mail) -> bool:
    """Whether a mail was never sent. A program says so with a flag; a folder or a header says so of own mail alone."""
    if "draft" in mail.flags:
        return True
    own = mail.sender is None or mail.origin is not Origin.OTHER
    return own and (
        mail.role is Role.DRAFTS
        or "drafts" in (label.lower() for label in mail.labels)
        or bool(mail.header("x-mozilla-draft-info"))
        or "T" in mail.header("x-status")
    )


ROLE_ORDER = (Role.SENT, Role.INBOX, Role.ARCHIVE, Role.ALL, Role.OTHER, Role.JUNK, Role.TRASH, Role.DRAFTS)
ORIGINS = tuple(Origin)


def _rank(mail: Mail) -> tuple[object, ...]:
    """The surest, then the readable, then the one in the more telling folder."""
    return (ORIGINS.index(mail.origin), bool(mail.problem), ROLE_ORDER.index(mail.role), mail.key)
