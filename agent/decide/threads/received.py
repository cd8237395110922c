"""Tells which of the user's own mails somebody got; what a thread holds beside them was not written to that person."""

from __future__ import annotations

from collections.abc import Collection

from agent.decide.threads.moves import typed_by_us
from agent.decide.threads.people import plain_key, recipients, went_to
from agent.decide.threads.threads import Thread, kin, names, node
from providers.base import Mail


def own_mail(thread: Thread, name: str) -> Mail | None:
    """The user's own mail of this name, a Message-ID or a key."""
    found = (mail for mail in thread.mails if mail.mine and name and name in (mail.message_id, mail.key))
    return next(found, None)


def mails_received_by(thread: Thread, name: str, person: str, own: Collection[str]) -> list[Mail]:
    """What a letter may restate: the user's mails of one matter that went to everybody the letter goes to.

    `name`: the mail it continues, `person`: whom it goes to where that mail is in no mailbox yet, `own`: the user's
    addresses. Everybody and not somebody: whoever wrote into a thread may have been answered together with others.
    """
    basis = own_mail(thread, name)
    everybody = [address.key for address in recipients(basis, own).to] if basis else [person] if person else []
    wanted = frozenset(map(plain_key, everybody))
    mine = [mail for mail in kin(thread, basis) if mail is basis or (wanted and wanted <= went_to(mail))]
    return [typed_by_us(thread, mail, own) for mail in mine]


def names_for(thread: Thread, people: Collection[str]) -> frozenset[str]:
    """The names a thread bears by mails that began with these people.

    An answer of the user's repeats what the mail it answers names, and somebody else chose that. So a name stands for
    whom the user wrote to when they first used it.
    """
    wanted = frozenset(map(plain_key, people))
    first: dict[str, Mail] = {}
    for mail in thread.mails:
        if mail.mine:
            for name in names(node(mail)):
                first.setdefault(name, mail)
    return frozenset(name for name, mail in first.items() if not wanted.isdisjoint(went_to(mail)))


def began_elsewhere(thread: Thread, name: str, people: Collection[str]) -> bool:
    """Whether the user first used a name to write to others than these."""
    used = any(mail.mine and name in names(node(mail)) for mail in thread.mails)
    return used and name not in names_for(thread, people)
