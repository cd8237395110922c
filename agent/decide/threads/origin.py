"""Decides whose a mail is, once, when it is kept; believes no header but what the user's own provider wrote on top."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.decide.threads.people import same_organisation
from providers.base import Address, Mail, Origin, Role
from providers.mail.delivery import delivered

NAMELESS = "(exchange)"
"""Microsoft's servers write their findings without a name in front."""
MARKED_SENT = "sent"
"""The flag of a mail whose provider says by a label of its own that it was sent."""
FINAL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
METHOD = re.compile(
    r"\s{0,9}([A-Za-z][A-Za-z0-9-]{0,40})(?:\s{0,9}/\s{0,9}\d{1,4})?\s{0,9}=\s{0,9}([A-Za-z]{1,20})(?![\w.-])"
)
PROPERTY = re.compile(r"\s{0,9}([A-Za-z][A-Za-z0-9-]{0,20}\.[A-Za-z0-9._-]{1,40})\s{0,9}=\s{0,9}([^\s;]{0,400})")
REST = re.compile(r"\s{0,9}(?:reason|action)\s{0,9}=\s{0,9}[^\s;]{0,400}")
MOST = 4_000
"""Characters of a field that are read: anybody may write it, and no server says more than that."""
LEAST_MAILS, LEAST_DOMAINS, LEAST_DAYS = 20, 5, 10
"""All three of them, for one sender or one busy day brings many mails."""
WINDOW = timedelta(days=90)
"""Long enough to collect the votes in a quiet mailbox, short enough that a server that was left is forgotten."""
MOST_VOTES = 20_000
"""A server's name is believed after so many mails from so many organisations on so many days, without one exception in
all of the window: by days and not by number, or a flood of forged mail would push the genuine out of it."""


@dataclass(frozen=True, slots=True)
class Door:
    """What one account knows about its own mail."""

    own: frozenset[str] = frozenset()
    """Every own address of every account, in lower case."""
    authserv_id: str = ""
    """The name under which the own provider writes what it found; empty while nobody knows it."""
    labelled: bool = False
    """Whether the provider itself marks what was sent, with a label that no rule and no sender can set."""


def origin_of(mail: Mail, door: Door, *, letter: bool = False) -> Origin:
    """Whose a mail is. `letter`: it is a letter of ours that left, word for word."""
    if mail.sender is None or mail.sender.key not in door.own:
        return Origin.OTHER
    if letter or _filed(mail, door):
        return Origin.SENT
    return Origin.PROVEN if vouched(mail, door) else Origin.CLAIMED


def mails_with_origin(mails: Iterable[Mail], door: Door) -> Iterator[Mail]:
    """Each mail with its origin."""
    for mail in mails:
        origin = origin_of(mail, door)
        yield mail if mail.origin is origin else replace(mail, origin=origin)


def _filed(mail: Mail, door: Door) -> bool:
    if door.labelled and MARKED_SENT in mail.flags:
        return True
    # What lies there and was delivered came from outside, by a rule or an address; the own server's findings decide.
    return mail.role is Role.SENT and not delivered(mail.headers, door.own)


def vouched(mail: Mail, door: Door) -> bool:
    """Whether the own provider found that the mail was signed by its domain and came straight from the user's address.

    A signature alone proves no recipient and no reference: whoever got the mail may send it on with others, for many
    domains do not sign those headers. An address alone is one line to whoever shares the sending server.
    """
    passed = _passed(mail, door)
    straight = any(_straight(one, door.own) for one in passed)
    return straight and any(_signed(one, mail.sender) for one in passed if mail.sender)


def sender_proven(mail: Mail, door: Door) -> bool:
    """The same of anybody's mail: signed by the domain of its From, and straight from there, not sent on by others."""
    passed = _passed(mail, door)
    return mail.sender is not None and (
        any(_signed(one, mail.sender) for one in passed) and any(_from_there(one, mail.sender) for one in passed)
    )


def _passed(mail: Mail, door: Door) -> list[ServerCheck]:
    """What the own provider found in order; nothing where it found that anything is wrong with the writer."""
    values = mail.headers.get("authentication-results", ())
    if not door.authserv_id or not values or mail.sender is None:
        return []
    found = results(values[0])
    if found is None or found.server != door.authserv_id.lower():
        return []
    if any(one.value == "fail" and one.method in {"dmarc", "compauth"} for one in found.results):
        return []
    return [one for one in found.results if one.value == "pass"]


@dataclass(frozen=True, slots=True)
class ServerCheck:
    """One thing a server checked."""

    method: str
    value: str
    properties: tuple[tuple[str, str], ...]

    def of(self, *names: str) -> list[str]:
        return [value for name, value in self.properties if name in names]


@dataclass(frozen=True, slots=True)
class Results:
    """One header field of findings."""

    server: str
    results: tuple[ServerCheck, ...]


def _signed(found: ServerCheck, sender: Address) -> bool:
    domains = [value.rpartition("@")[2] for value in found.of("header.d", "header.i")]
    return found.method == "dkim" and bool(domains) and all(_covers(domain, sender.domain) for domain in domains)


def _straight(found: ServerCheck, own: frozenset[str]) -> bool:
    """A domain is shared by many people; an address is not."""
    senders = found.of("smtp.mailfrom")
    return found.method == "spf" and len(senders) == 1 and senders[0] in own


def _from_there(found: ServerCheck, sender: Address) -> bool:
    """From the address itself, or from a domain of the same organisation; many people share a free one."""
    senders = found.of("smtp.mailfrom")
    if found.method != "spf" or len(senders) != 1:
        return False
    return senders[0] == sender.key or same_organisation(senders[0], sender.key)


def _covers(signer: str, domain: str) -> bool:
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))


def server_of(values: Sequence[str]) -> str:
    """Who wrote the topmost findings of a mail; empty where nobody did, or where they cannot be read."""
    found = results(values[0]) if values else None
    return found.server if found else ""


def results(text: str) -> Results | None:
    """The findings in a header field; None where any of it is not what a server writes."""
    pieces = _pieces(text[:MOST]) if len(text) <= MOST else None
    if not pieces:
        return None
    first = pieces[0].split()
    if first and FINAL.fullmatch(first[0]) and len(first) <= 2 and (len(first) == 1 or first[1].isdigit()):
        server, rest = first[0].lower(), pieces[1:]
    elif METHOD.match(pieces[0]):
        server, rest = NAMELESS, pieces
    else:
        return None
    found = [_finding(piece) for piece in rest if piece.strip() and piece.strip().lower() != "none"]
    kept = tuple(one for one in found if one is not None)
    return Results(server, kept) if len(kept) == len(found) else None


def _pieces(text: str) -> list[str] | None:
    """The parts between semicolons, without comments; quoted words are values and separate nothing."""
    pieces, depth, quoted, place = [""], 0, False, 0
    while place < len(text):
        sign = text[place]
        if sign == "\\" and (quoted or depth):
            place += 2
            pieces[-1] += "" if depth else "_"
            continue
        if quoted:
            quoted = sign != '"'
            pieces[-1] += "" if sign == '"' else "_" if sign in " \t;()=" else sign
        elif sign == "(":
            depth += 1
        elif sign == ")":
            if not depth:
                return None
            depth -= 1
        elif not depth:
            quoted = sign == '"'
            if sign == ";":
                pieces.append("")
            elif sign != '"':
                pieces[-1] += sign
        place += 1
    return None if quoted or depth else pieces


def _finding(piece: str) -> ServerCheck | None:
    head = METHOD.match(piece)
    if head is None:
        return None
    place, found = head.end(), []
    while piece[place:].strip():
        one = PROPERTY.match(piece, place) or REST.match(piece, place)
        if one is None or one.end() == place:
            return None
        if one.re is PROPERTY:
            found.append((one[1].lower(), one[2].lower().strip("<>")))
        place = one.end()
    return ServerCheck(head[1].lower(), head[2].lower(), tuple(found))


@dataclass(frozen=True, slots=True)
class Vote:
    """A mail that was delivered from another organisation, and who wrote on top of it what was found."""

    domain: str
    server: str
    came: datetime


@dataclass(frozen=True, slots=True)
class Learned:
    """A server's name with its evidence; empty while it is not known."""

    server: str = ""
    mails: int = 0
    domains: int = 0


def server_shown(votes: Sequence[Vote]) -> Learned:
    """The name on top of all mail of the last weeks from people the user writes to.

    Where the server writes nothing, genuine mail has nothing on top, and one such mail is enough to believe nobody:
    whoever forges a header would have to keep all genuine mail away.
    """
    newest = max((vote.came for vote in votes), default=None)
    seen = [vote for vote in votes if newest is not None and vote.came > newest - WINDOW]
    servers, domains = {vote.server for vote in seen}, {vote.domain for vote in seen}
    days = {vote.came.date() for vote in seen}
    enough = len(seen) >= LEAST_MAILS and len(domains) >= LEAST_DOMAINS and len(days) >= LEAST_DAYS
    alone = next(iter(servers)) if len(servers) == 1 and len(votes) < MOST_VOTES else ""
    return Learned(alone if enough else "", len(seen), len(domains))
