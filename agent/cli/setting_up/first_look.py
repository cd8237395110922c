"""What `setup` does once a mailbox was read: own addresses, the voice, the first drafts; never sends."""

from __future__ import annotations

from collections import Counter

import click

from agent.cli.output import narrate, one_line, out
from agent.cli.setting_up.entries import add_alias
from agent.common.home import Home
from agent.store.mail import origins
from agent.store.mail.mails import account_rows, counts
from agent.store.shown import views

FEWEST = 2
"""Mails in Sent from one address before it is taken for an own one; a single one may be a stray copy."""


def first_look(here: Home, account: str, *, interactive: bool) -> None:
    """Judge what was read and draft what is due, so that there is something to look at."""
    from agent.drafting.draft import draft_due
    from agent.judging.judge import judge_changed

    own_addresses(here, account, interactive=interactive)
    if said := without_sent(here, account):
        narrate(said)
    narrate("Judging what you sent, and writing what is due ...")
    judge_changed(here)
    draft_due(here)
    with here.store.read() as connection:
        states = Counter(row.state for row in views.listed(connection))
    for line in summary_lines(states):
        out(line)


def without_sent(here: Home, account: str) -> str:
    """What follows where no mail lies in a Sent folder; nothing where some does, or where there is no mail at all."""
    with here.store.read() as connection:
        row = next((row for row in account_rows(connection) if row.name == account), None)
        held = counts(connection).get(row.id, (0, 0))[0] if row else 0
        sent = origins.counted(connection, row.id).get("sent", 0) if row else 0
    if sent or not held:
        return ""
    return (
        "No mail of yours was found in a Sent folder, so nothing can be followed up yet: "
        "let your mail program keep what it sends in a folder that the server marks as Sent."
    )


def summary_lines(states: Counter[str]) -> list[str]:
    """What waits for the person now."""
    drafted, asked = states["drafted"], states["asked"]
    said = [f"{drafted} {'draft waits' if drafted == 1 else 'drafts wait'} for you."] if drafted else []
    said += [f"{asked} {'follow-up wants' if asked == 1 else 'follow-ups want'} a decision of yours."] if asked else []
    return said or ["Nothing waits for a follow-up now; `relance list --threads` says why, thread by thread."]


def own_addresses(here: Home, account: str, *, interactive: bool) -> None:
    """Mail you sent under another address of yours is yours too, once the config says so."""
    own = {one.lower() for entry in here.config.account for one in (entry.address, *entry.aliases)}
    with here.store.read() as connection:
        seen = views.senders_in_sent(connection, account, FEWEST)
    for address, count in [pair for pair in seen if pair[0] not in own]:
        words = f"You also sent {count} mails as {one_line(address)}"
        if interactive and click.confirm(f"{words}. Is that you?", default=True, err=True):
            add_alias(here.places.config_file, account, address)
            here.changed()
        elif not interactive:
            narrate(f"{words}: where that is you, add it to aliases in {here.places.config_file}.")
