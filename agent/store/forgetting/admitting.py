"""Lets new mail in without people who were to be forgotten, as `forgetting` did with what was there before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, select

from agent.decide.threads.people import is_me
from agent.store.base.engine import Change, Store
from agent.store.forgetting.taken_out import GONE, Without, answers, cleaned, full_names, named, stub, theirs
from agent.store.forgetting.traces import (
    FORGOTTEN,
    LETTER,
    NAME,
    PERSON,
    Traces,
    own_addresses,
    remember,
    stub_name,
    sweep,
    veil,
)  # fmt: skip
from agent.store.mail.threading import MAIL, REFERENCE, chunks
from providers.base import Mail

ADDRESS = re.compile(r"(?<![\w.+-])\"?([\w.+-]{1,64})\"?(?:@|%40|=)([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})", re.IGNORECASE)
"""Also as links and return paths write one."""
MOST_ASKED = 10_000
"""Addresses in one mail; each costs a keyed hash, and no mail that somebody typed names so many."""
NOBODY = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class ForgottenDigests:
    """What was to be forgotten, by keyed hashes alone."""

    store: Store
    digests: set[str]
    own: frozenset[str]

    def gone(self, address: str) -> bool:
        return self.store.digest(PERSON, address) in self.digests

    def by_them(self, mail: Mail) -> bool:
        return bool(mail.writers) and all(map(self.gone, mail.writers))

    def named(self, name: str) -> bool:
        return self.store.digest(NAME, name) in self.digests

    def lost(self, name: str) -> bool:
        """Whether nothing is here of the mail of this name, and nothing will be."""
        return self.named(name) or self.store.digest(LETTER, name) in self.digests

    def veiled(self, name: str) -> str:
        return veil(self.store, name) if self.named(name) or name != _without(name, self.gone) else name

    def learn(self, connection: Connection, digests: Iterable[str]) -> None:
        fresh = set(digests)
        remember(connection, fresh)
        self.digests.update(fresh)

    def unlearn(self, connection: Connection, digests: Iterable[str]) -> None:
        for part in chunks(digests):
            connection.execute(delete(FORGOTTEN).where(FORGOTTEN.c.digest.in_(part)))
            self.digests.difference_update(part)


@dataclass(slots=True)
class Asking:
    """Whether addresses in the texts of one mail are gone; beyond so many none is asked for, and all are taken out."""

    gone: Callable[[str], bool]
    left: int = MOST_ASKED
    said: dict[str, bool] = field(default_factory=dict)

    def __call__(self, address: str) -> bool:
        known = self.said.get(address)
        if known is None:
            self.left -= 1
            known = self.said[address] = self.left < 0 or self.gone(address)
        return known


def admitted(store: Store, change: Change, account: int, mails: Iterable[Mail]) -> list[Mail]:
    """Mails as they may be kept: without those people, and of the mail of theirs itself that there was one.

    What it answers may come later, so a stub of all that answers anything stays until it is pruned.
    """
    listed, connection = list(mails), change.connection
    digests = set(connection.execute(select(FORGOTTEN.c.digest)).scalars())
    if not digests:
        return listed
    known = ForgottenDigests(store, digests, own_addresses(connection))
    _learn_names(change, known, listed)
    kept = list[Mail]()
    # Whether anything is left of the mail that one answers is known before that one.
    for mail in sorted(listed, key=lambda one: one.received):
        names = named(full_names([mail], known.gone))
        without = Without(known.gone, _words(Asking(known.gone)), known.veiled, known.own, names)
        if not theirs(mail, without):
            kept.append(cleaned(mail, without))
        elif not all(map(known.lost, answers(mail))) or _hinted(connection, account, mail):
            kept.append(stub(mail, without, stub_name(store, mail)))
        elif mail.message_id:
            known.learn(connection, [store.digest(LETTER, mail.message_id)])
    return kept


def _words(gone: Callable[[str], bool]) -> Callable[[str, str], str]:
    return lambda text, instead: _without(text, gone, instead)


def _hinted(connection: Connection, account: int, mail: Mail) -> bool:
    """Whether their provider puts it into a thread that is here."""
    same = (REFERENCE.c.account_id == account, REFERENCE.c.message_id == f"hint:{mail.thread_hint}")
    return bool(mail.thread_hint) and connection.execute(select(REFERENCE.c.thread_id).where(*same)).first() is not None


def _learn_names(change: Change, known: ForgottenDigests, mails: list[Mail]) -> None:
    """The names of their new mails are veiled, also where an earlier mail has them.

    One that mail of others bears is not theirs: whoever takes the name of a mail of the user's takes it from nobody.
    """
    connection, store = change.connection, known.store
    fresh = {mail.message_id for mail in mails if known.by_them(mail)} - {""}
    others = [mail for mail in mails if not known.by_them(mail) and mail.message_id]
    ours = {mail.message_id for mail in others if mail.sender and is_me(mail.sender.key, known.own)}
    fresh -= {mail.message_id for mail in others} | _borne(connection, fresh)
    ids = {name: veil(store, name) for name in fresh if not known.named(name)}
    back = {veil(store, name): name for name in ours if known.named(name)}
    known.unlearn(connection, [store.digest(NAME, name) for name in back.values()])
    known.learn(connection, [store.digest(NAME, name) for name in ids])
    cited = set[int]()
    for part in chunks([*ids, *back]):
        query = select(REFERENCE.c.thread_id).where(REFERENCE.c.message_id.in_(part))
        cited.update(connection.execute(query).scalars())
    if cited:
        sweep(store, change, Traces(NOBODY, None, ids | back, frozenset()), cited)


def _borne(connection: Connection, names: Iterable[str]) -> set[str]:
    """Those of these names that a mail which is kept has."""
    found = set[str]()
    for part in chunks(names):
        found.update(connection.execute(select(MAIL.c.message_id).where(MAIL.c.message_id.in_(part))).scalars())
    return found


def _forms(match: re.Match[str]) -> Iterable[tuple[str, int]]:
    """The addresses that may begin here, and where each ends: a sentence may go on without a space."""
    labels, behind = match[2].split("."), re.split(r"[+-]", match[1])[-1]
    for count in range(len(labels), 1, -1):
        if count < len(labels) and not labels[count][0].isupper():
            continue
        domain = ".".join(labels[:count])
        for local in (match[1], behind) if match.string[match.start(2) - 1] == "=" else (match[1],):
            yield f"{local}@{domain}".lower(), match.start(2) + len(domain)


def _without(text: str, gone: Callable[[str], bool], instead: str = GONE) -> str:
    out, at = "", 0
    for match in ADDRESS.finditer(text):
        end = next((end for address, end in _forms(match) if gone(address)), 0)
        if end:
            out, at = f"{out}{text[at : match.start()]}{instead}", end
    return out + text[at:]
