"""`owed`: whose question the user left open, and which of their promises came due; it never drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from agent.cli.output import counted, home, json_option, narrate, one_line, out, out_json

if TYPE_CHECKING:
    from agent.judging.owed import OwedMail


@click.command()
@json_option
@click.pass_context
def owed(context: click.Context, as_json: bool) -> None:
    """What you owe: your promises whose day passed, and questions of the last 60 days that you left open.

    Each with the sentence that shows it. Nothing is drafted: `relance why MESSAGE-ID` tells of the thread.
    """
    from agent.judging.owed import owed as gather

    with home(context) as here:
        found = gather(here)
        zone = here.zone
    for one in found:
        if as_json:
            out_json({
                "kind": one.kind, "person": one.person.key, "name": one.person.name or None, "known": one.known,
                "words": one.words, "day": one.day.isoformat() if one.day else None, "at": one.at.isoformat(),
                "subject": one.subject, "message_id": one.message,
            })  # fmt: skip
            continue
        out(_line(one, f"{one.at.astimezone(zone):%a %d %b %Y}"))
        out(f"    {one_line(one.words)}")
    if not found:
        narrate("You owe nobody an answer, as far as the mails of the last 60 days say.")
        return
    promises = sum(one.kind == "promise" for one in found)
    questions = len(found) - promises
    narrate(f"{counted(promises, 'promise')} whose day passed, {counted(questions, 'question')} without an answer.")


def _line(one: OwedMail, written: str) -> str:
    who = one_line(f"{one.person.name} ({one.person.key})" if one.person.name else one.person.key, 80)
    subject = one_line(one.subject, 80) or "(no subject)"
    if one.day is not None:
        return f'You promised {who} something for {one.day:%a %d %b %Y}, in "{subject}" of {written}:'
    first = "" if one.known else ", whom you never wrote to,"
    return f'{who}{first} asked on {written}, in "{subject}":'
