"""`doctor` on the command line."""

from __future__ import annotations

import click

from agent.cli.output import home, json_option, out, out_json
from agent.doctor import examine
from agent.errors import Exit

MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}


@click.command()
@json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Check this installation. Exit code 0 when nothing failed, 1 otherwise."""
    failed = False
    with home(context) as here:
        for check in examine(here):
            failed = failed or check.state == "fail"
            if as_json:
                out_json({"name": check.name, "state": check.state, "words": check.words, "hint": check.hint})
            else:
                out(f"{MARKS[check.state]} {check.state:<4} {check.name}: {check.words}")
                if check.hint and check.state != "ok":
                    out(f"       {check.hint}")
    context.exit(Exit.FAILED if failed else Exit.OK)
