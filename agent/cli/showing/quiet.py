"""`quiet`: people the user used to exchange mail with; a list to pick from, nothing begins by itself."""

from __future__ import annotations

import click

from agent.cli.output import counted, home, json_option, narrate, one_line, out_json, table

LONGEST = 520
"""Weeks; ten years."""


@click.command()
@click.option(
    "--weeks", type=click.IntRange(1, LONGEST), default=8, show_default=True, help="Without a mail either way."
)
@json_option
@click.pass_context
def quiet(context: click.Context, *, weeks: int, as_json: bool) -> None:
    """People you exchanged mail with, at least three each way, and have not for so many weeks; the most regular first.

    A list to pick from: `relance enroll ADDRESS --plan winback --about "..."` begins something, and only that.
    """
    from agent.judging.gone_quiet import gone_quiet

    with home(context) as here:
        found = gone_quiet(here, weeks)
        zone = here.zone
    if not found:
        narrate(f"Nobody you used to write with has been quiet for {counted(weeks, 'week')}.")
        return
    if as_json:
        for one in found:
            out_json({
                "person": one.person, "name": one.name or None, "mails": one.mails, "gap_days": one.gap,
                "last": one.last.isoformat(), "subject": one.subject,
            })  # fmt: skip
        return
    rows = [
        (
            one_line(f"{one.name} ({one.person})" if one.name else one.person, 60), str(one.mails),
            "-" if one.gap is None else f"{one.gap:g} days", f"{one.last.astimezone(zone):%d %b %Y}",
            one_line(one.subject, 80),
        )
        for one in found
    ]  # fmt: skip
    table(rows, ("person", "mails", "usual gap", "last mail", "subject"))
