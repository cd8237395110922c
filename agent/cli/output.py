"""How the command line prints: data on stdout, narration on stderr, foreign text only through `plain()`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.errors import Exit, UsageError
from providers.mail.plain import in_json, plain

if TYPE_CHECKING:
    from agent.common.home import Home

SHORTEST = 20
"""Columns the last cell keeps, however narrow the terminal is."""

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")


@contextmanager
def home(context: click.Context) -> Iterator[Home]:
    """The home this command works in."""
    # With it comes the whole store, and many a command needs none.
    from agent.common.home import Home

    config_file: Path | None = context.find_root().obj
    with Home.usual(config_file) as opened:
        yield opened


def out_json(value: dict[str, object]) -> None:
    """One document of the contract."""
    out_line({"schema": 1, **value})


def out_line(value: dict[str, object]) -> None:
    """One document that names its own schema."""
    click.echo(in_json(value, _plain_time))


def _plain_time(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def out(text: str) -> None:
    """Text for a human. Foreign parts have passed `one_line`, which keeps them on theirs."""
    click.echo(plain(text))


def narrate(text: str) -> None:
    """What is going on, on stderr."""
    click.echo(plain(text), err=True)


def sure() -> None:
    """Ask before something that cannot be undone; a no ends the command."""
    if not click.confirm("Go on?", err=True):
        narrate("Nothing was changed.")
        raise click.exceptions.Exit(Exit.INTERRUPTED)


def give(target: Path, content: bytes) -> None:
    """A file the user asked for, readable by them alone; an earlier one of that name is replaced, a link never."""
    from agent.paths import write_private

    if os.path.lexists(target) and (target.is_symlink() or not target.is_file()):
        raise UsageError(f"{target} is no plain file.", hint="Name another one.")
    write_private(target, content)


def counted(number: int, thing: str) -> str:
    """1 account, 2 accounts."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def one_line(text: str, most: int = 200) -> str:
    """Foreign text on one line of bounded length."""
    words = " ".join(plain(text[: most * 8]).split())
    return words if len(words) <= most else words[: most - 1] + "…"


def columns_of(text: str) -> int:
    """How many columns a text takes; most of ours is ASCII and needs no table."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def table(rows: Iterable[Sequence[str]], heads: Sequence[str]) -> None:
    """Columns as wide as needed; the last one takes the rest of the line, and is cut where a terminal ends."""
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    kept = [tuple(row) for row in rows]
    widths = [max(columns_of(row[index]) for row in [tuple(heads), *kept]) for index in range(len(heads) - 1)]
    for number, row in enumerate([tuple(heads), *kept]):
        start = "  ".join(cell + " " * (width - columns_of(cell)) for cell, width in zip(row, widths, strict=False))
        last = row[-1] if room is None else one_line(row[-1], max(room - columns_of(start) - 2, SHORTEST))
        line = f"{start}  {last}".rstrip()
        click.echo(bold(line) if number == 0 else plain(line))


def bold(text: str, *, err: bool = False) -> str:
    """Bold where a person watches and did not ask for plain text; otherwise the text alone."""
    wanted = not os.environ.get("NO_COLOR") and (sys.stderr if err else sys.stdout).isatty()
    return click.style(text, bold=True) if wanted else text


def is_terminal() -> bool:
    """Whether a person is watching."""
    return sys.stdout.isatty() and sys.stdin.isatty()


def local(moment: datetime | None) -> str | None:
    """A stored time with the reader's own offset."""
    return moment.astimezone().isoformat() if moment else None
