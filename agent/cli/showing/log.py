"""The audit log on the command line: reading and proving it; never writing to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.cli.output import give, home, json_option, one_line, out, out_json, table
from agent.errors import Exit, UsageError
from agent.store.base.audit import LogVerdict, losses, read
from agent.store.base.audit import as_json as in_line
from providers.mail.plain import in_json

if TYPE_CHECKING:
    from agent.common.home import Home
    from agent.store.base.values import ToldEvent

NOT_PROVEN = (
    "Not proven by this: that nothing was sent outside relance, that relance told the truth when it wrote a row, "
    "and anything against a program that runs as you with your keyring open."
)


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def audit(context: click.Context, as_json: bool) -> None:
    """Every decision and every step, in a chain that shows tampering. Without a command: the newest rows."""
    if context.invoked_subcommand is None:
        context.invoke(list_events, last=50, everything=False, as_json=as_json)
    elif as_json:
        raise UsageError("--json stands behind the command.", hint=f"relance audit {context.invoked_subcommand} --json")


@audit.command("list")
@click.option("--last", type=click.IntRange(1), default=50, show_default=True, help="How many of the newest rows.")
@click.option("--all", "everything", is_flag=True, help="Every row.")
@json_option
@click.pass_context
def list_events(context: click.Context, last: int, everything: bool, as_json: bool) -> None:
    """Rows of the log, oldest first."""
    with home(context) as here, here.store.read() as connection:
        rows = read(connection, most=-1 if everything else last, newest=True)
    if as_json:
        for row in rows:
            click.echo(in_line(row))
    elif rows:
        table([_cells(row) for row in rows], ("seq", "at", "actor", "event", "object", "what"))
    else:
        out("The log is empty: nothing has been done yet.")


def _cells(row: ToldEvent) -> tuple[str, ...]:
    change = f"{row.from_state} → {row.to_state} " if row.from_state or row.to_state else ""
    words = one_line(f"{change}{row.code} {row.detail or ''}", 90)
    at = row.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return str(row.seq), at, row.actor, row.event, row.object, words


@audit.command()
@click.option("--anchor", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A kept anchor file.")
@json_option
@click.pass_context
def verify(context: click.Context, anchor: Path | None, as_json: bool) -> None:
    """Walk the whole chain. Exit code 0: complete; 1: consistent, not anchored after a row; 6: broken."""
    with home(context) as here:
        verdict = here.store.verify(anchor)
        with here.store.read() as connection:
            told = [f"{at.astimezone():%Y-%m-%d %H:%M}: {words}" for at, words in losses(connection)]
    sentence, code = describe(verdict, lost=bool(told))
    if as_json:
        proof = {"verdict": sentence, "rows": verdict.rows, "broken_at": verdict.broken_at, "code": int(code)}
        out_json({**proof, "losses": told})
    else:
        out(sentence)
        for loss in told:
            out(f"Noticed {loss}.")
        out(NOT_PROVEN)
    context.exit(code)


def describe(verdict: LogVerdict, *, lost: bool = False) -> tuple[str, Exit]:
    """The sentence and the exit code of a verdict."""
    if verdict.broken_at is not None:
        return f"BROKEN at {verdict.broken_at}: {verdict.problem}.", Exit.PERSON
    if verdict.complete and verdict.anchored_at is not None:
        when = verdict.anchored_at.astimezone().strftime("%Y-%m-%d %H:%M")
        if lost:
            return f"Consistent: {verdict.rows} rows, anchored {when}, but records are missing.", Exit.FAILED
        return f"Complete: {verdict.rows} rows, anchored {when}.", Exit.OK
    if verdict.rows == 0:
        return "Complete: the log is empty.", Exit.OK
    why = f" ({verdict.problem})" if verdict.problem else ""
    return f"Consistent: {verdict.rows} rows, not anchored after {verdict.anchored_seq}{why}.", Exit.FAILED


@audit.command(short_help="The whole log as JSON lines, or an anchor.")
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="A file; default is stdout.")
@click.option("--anchor", is_flag=True, help="Only the newest statement about the log, to keep somewhere else.")
@click.pass_context
def export(context: click.Context, target: Path | None, anchor: bool) -> None:
    """The whole log as JSON lines, or an anchor to keep on another machine."""
    with home(context) as here:
        if anchor:
            text = _anchor_text(here)
        else:
            with here.store.read() as connection:
                text = "\n".join(in_line(row) for row in read(connection))
    if target is None:
        click.echo(text)
    else:
        give(target, text.encode() + b"\n")


def _anchor_text(here: Home) -> str:
    from agent.store.base.engine import read_anchor

    here.store.anchor()
    statement = read_anchor(here.places.anchor)
    if not statement:
        raise UsageError("The log is empty, so there is nothing to anchor yet.")
    return in_json(statement)
