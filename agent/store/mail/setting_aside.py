"""Keeps of a stored mail only what can be read within the limits; never takes a mail away."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import update

from agent.store.base.engine import Change
from agent.store.mail.mail_codec import to_row
from agent.store.mail.standing import TOO_COSTLY
from agent.store.mail.threading import MAIL
from providers.base import Mail

KEPT = ("subject", "problem", "body", "data")


def keep_little(change: Change, account: int, mails: Iterable[Mail]) -> None:
    """Write down that these were set aside, so that a later start does not come to them again."""
    for mail in mails:
        row = to_row(mail, account, 0)
        where = (MAIL.c.account_id == account, MAIL.c.key == mail.key)
        kept = {name: row[name] for name in KEPT}
        change.connection.execute(update(MAIL).where(*where).values(**kept, heard=TOO_COSTLY))
