"""`hook`: what other programs of the user know, from stdin or a local socket; each event is answered in JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import BinaryIO

import click

from agent.cli.output import home, narrate, out_json
from agent.errors import Exit
from providers.mail.plain import in_json


@click.command()
@click.option("--listen", is_flag=True, help="Wait for events on a socket in the state folder, for this user alone.")
@click.pass_context
def hook(context: click.Context, listen: bool) -> None:
    """Take events of other programs, one JSON object a line, and answer each with one.

    {"event": "signal", "person": "a@x", "words": "...", "evidence": "https://..."} gives the plan they are under a
    reason to write now; converted, booked, paid and signed end their plans, or the one named in "plan"; ticket
    holds what comes next. Nothing here approves, sends, or begins a plan.
    """
    from agent.verbs.hooks import heed

    with home(context) as here:
        if listen:
            from agent.running.hook_socket import listening, serve

            with listening(here.places.state) as server:
                narrate(f"Listening on {server.getsockname()}. End it with Ctrl-C.")
                serve(server, lambda line: in_json({"schema": 1, **heed(here, line).document()}, str))
        ok = True
        for number, line in _lines(getattr(sys.stdin, "buffer", None)):
            done = heed(here, line)
            ok = ok and done.ok
            out_json({"line": number, **done.document()})
    context.exit(Exit.OK if ok else Exit.REFUSED)


def _lines(stream: BinaryIO | None) -> Iterator[tuple[int, bytes]]:
    """Every line with something on it, none longer than one byte too many."""
    from agent.verbs.hooks import LONGEST_LINE

    number = 0
    while line := _next(stream, LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            _to_its_end(stream, LONGEST_LINE)
        if line.strip():
            yield number, line


def _next(stream: BinaryIO | None, most: int) -> bytes:
    return stream.readline(most) if stream is not None else sys.stdin.readline(most).encode()


def _to_its_end(stream: BinaryIO | None, most: int) -> None:
    while (rest := _next(stream, most)) and not rest.endswith(b"\n"):
        continue
