"""The verbs a person has, on the command line: each calls `agent.verbs.actions` and prints its sentence; none sends."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from agent.cli.output import home, narrate, one_line, out
from agent.errors import Exit, UsageError
from providers.mail.plain import plain

if TYPE_CHECKING:
    from agent.common.desk import Desk
    from agent.common.home import Home
    from agent.common.outcome import Done
    from agent.decide.gate.levels import Scope

REFUSED = frozenset({"refuse", "hold"})
UNSETTLED = frozenset({"uncertain", "looking", "too_late", "leaving"})


@contextmanager
def desk(context: click.Context) -> Iterator[tuple[Home, Desk]]:
    """The home and its desk; connections are opened only when something asks for one."""
    from agent.mailboxes.boxes import Boxes
    from agent.running.desk_setup import desk_for

    with home(context) as here:
        made = desk_for(here)
        try:
            yield here, made
        finally:
            if isinstance(made.mailbox, Boxes):
                made.mailbox.close()


def say(done: Done) -> Exit:
    """Print what a verb answered, and choose the exit code."""
    (out if done.ok else narrate)(plain(done.words))
    for line in done.listed:
        out(f"  {one_line(line)}")
    if done.ok:
        return Exit.OK
    if done.checks is not None:
        for check in done.checks.checks:
            if check.verdict.value in REFUSED:
                narrate(f"  {check.name}: {plain(check.reason)}")
        return Exit.REFUSED
    return Exit.PERSON if done.code in UNSETTLED else Exit.FAILED


def number(here: Home, text: str) -> int:
    """A follow-up's number; one that is not there is named before anything is done."""
    from agent.store.shown import views

    with here.store.read() as connection:
        return int(views.one(connection, text).id)


def each(context: click.Context, numbers: tuple[str, ...], act: Callable[[Desk, int], Done]) -> None:
    """One verb for several follow-ups; the worst answer decides the exit code."""
    with desk(context) as (here, made):
        codes = [say(act(made, which)) for which in [number(here, text) for text in numbers]]
    context.exit(max(codes, default=Exit.OK))


@click.command()
@click.argument("numbers", nargs=-1, required=True, metavar="ID...")
@click.option("--at-once", is_flag=True, help="Do not wait for a good moment in their day; the undo time still runs.")
@click.option("--eml", type=click.Path(path_type=Path, dir_okay=False), help="At manual level: write the letter here.")
@click.pass_context
def approve(context: click.Context, numbers: tuple[str, ...], at_once: bool, eml: Path | None) -> None:
    """Let these letters leave after their hold. At level manual the letter is handed to you instead."""
    from agent.cli.showing.waiting import nobody_sends
    from agent.verbs import actions

    def act(made: Desk, which: int) -> Done:
        done = actions.approve(made, which, at_once=at_once)
        if done.ok and done.letter is not None:
            hand_over(done, eml, here.clock().astimezone(here.zone))
        queued.add(done.code)
        return done

    if eml is not None and os.path.lexists(eml):
        raise UsageError(f"{eml} exists already.", hint="Choose another name.")
    if eml is not None and len(numbers) > 1:
        raise UsageError("One file holds one letter.", hint="Approve them one by one, each with its own --eml.")
    queued: set[str] = set()
    with desk(context) as (here, made):
        codes = [say(act(made, which)) for which in [number(here, text) for text in numbers]]
        hints = [made.lacking("copilot"), nobody_sends(here.places.lock)] if "queued" in queued else []
    for hint in filter(None, hints):
        narrate(hint)
    context.exit(max(codes, default=Exit.OK))


def hand_over(done: Done, eml: Path | None, now: datetime) -> None:
    """The letter itself: into a file, or as text."""
    from agent.paths import new_file
    from providers.mail.freeze import dated
    from providers.mail.mime import parse

    assert done.letter is not None
    if eml is not None:
        with new_file(eml) as fresh:
            fresh.write_bytes(dated(done.letter.raw, now))
        narrate(f"The letter is in {eml}; open it with your mail program and send it.")
        return
    mail = parse(done.letter.raw)
    out(f"To: {', '.join(done.letter.recipients)}\nSubject: {one_line(mail.subject)}\n\n{plain(mail.text)}")


@click.command()
@click.argument("which", metavar="ID")
@click.option("--body-file", type=click.File("r", encoding="utf-8"), help="The new text; - for standard input.")
@click.option("--subject", default="", help="For a first mail: its subject. An answer keeps that of its thread.")
@click.pass_context
def edit(context: click.Context, which: str, body_file: TextIO | None, subject: str) -> None:
    """Write the text yourself: in $EDITOR, or from a file."""
    from agent.drafting.draft import start_of
    from agent.store.shown import views
    from agent.verbs import actions

    with desk(context) as (here, made):
        with here.store.read() as connection:
            found = views.one(connection, which).id
            draft = views.newest_draft(connection, found)
        if body_file is not None:
            body = body_file.read()
        else:
            _ask_for_terminal()
            body = click.edit(plain(draft.body if draft else start_of(here, found)), extension=".txt") or ""
        if not body.strip():
            raise UsageError("The text is empty, so nothing was changed.")
        code = say(actions.edit(made, number(here, which), body.strip() + "\n", one_line(subject)))
    context.exit(code)


def _ask_for_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "Your editor needs a terminal.", hint="Give the text as a file: --body-file FILE, or - for standard input."
        )


@click.command()
@click.argument("which", metavar="ID")
@click.option("--say", "wish", default="", help='What should be different, such as "shorter".')
@click.option("--version", "version", type=click.IntRange(1), help="Take this earlier text back instead.")
@click.pass_context
def redo(context: click.Context, which: str, wish: str, version: int | None) -> None:
    """Have the text written again, or take an earlier one back. Every version is kept; `relance show` lists them."""
    from agent.drafting import draft

    if wish and version is not None:
        raise UsageError("--say and --version exclude each other.", hint="Take a version back first, then redo it.")
    with desk(context) as (here, made):
        if version is not None:
            code = say(draft.choose(made, number(here, which), version))
        else:
            watched = Watched()
            done = draft.redo(here, made, number(here, which), wish, hear=watched if sys.stderr.isatty() else None)
            watched.end()
            code = say(done)
    context.exit(code)


class Watched:
    """Shows a text while it is being written: of each longer text only what is new."""

    def __init__(self) -> None:
        self._shown = ""

    def __call__(self, text: str) -> None:
        safe = plain(text)
        if safe.startswith(self._shown):
            click.echo(safe[len(self._shown) :], nl=False, err=True)
        self._shown = safe

    def end(self) -> None:
        """What comes next begins on a line of its own."""
        if self._shown:
            click.echo(err=True)


@click.command()
@click.argument("which", metavar="ID")
@click.argument("when")
@click.pass_context
def snooze(context: click.Context, which: str, when: str) -> None:
    """Come back later: 5h, 3d, 2w, mon, 'fri 14:00', or 2026-12-01."""
    from agent.verbs import actions

    with desk(context) as (here, made):
        until = later(when, here.clock().astimezone(here.zone))
        local = until.astimezone(here.zone)
        narrate(f"That is {local:%A %d %B %Y, %H:%M} ({here.zone.key}).")
        code = say(actions.snooze(made, number(here, which), until))
    context.exit(code)


def later(text: str, now: datetime) -> datetime:
    """The moment a person means; `now` is in their zone."""
    from agent.decide.dates.when import parse

    found = parse(text, now, now.tzinfo or UTC)
    if found is None:
        raise UsageError(f"{text!r} is no time to come.", hint="Write 5h, 3d, 2w, mon, 'fri 14:00' or 2026-12-01.")
    return found


def _simple(name: str, words: str) -> click.Command:
    """A verb that takes numbers and nothing else."""

    @click.command(name, help=words)
    @click.argument("numbers", nargs=-1, required=True, metavar="ID...")
    @click.pass_context
    def command(context: click.Context, numbers: tuple[str, ...]) -> None:
        from agent.verbs import actions

        each(context, numbers, getattr(actions, name))

    return command


skip = _simple("skip", "Not this one; the plan may go on later.")
stop = _simple("stop", "Leave this thread alone for good.")


@click.command()
@click.argument("which", metavar="[ID]", required=False)
@click.pass_context
def undo(context: click.Context, which: str | None) -> None:
    """Take a letter back before it leaves, or what was put aside; without an ID, the letter approved last."""
    from agent.store.shown import views
    from agent.verbs.bringing_back import take_back

    with desk(context) as (here, made):
        if which is None:
            with here.store.read() as connection:
                newest = views.newest_waiting(connection)
            if newest is None:
                raise UsageError("Nothing waits to leave, so there is nothing to undo.")
            which = str(newest.followup_id)
        code = say(take_back(made, number(here, which)))
    context.exit(code)


@click.command()
@click.argument("which", metavar="ID")
@click.argument("verb", type=click.Choice(["sent", "cancel", "again", "resend"]))
@click.option("--typed", default="", help="For resend: the words it asks for.")
@click.pass_context
def settle(context: click.Context, which: str, verb: str, typed: str) -> None:
    """Say what became of a letter that is UNCERTAIN or in NEEDS_REVIEW."""
    from agent.verbs import actions

    if verb == "resend" and not typed and sys.stdin.isatty():
        typed = click.prompt('It may have been delivered already. Type "send it again"', err=True)
    each(context, (which,), lambda made, one: actions.settle(made, one, verb, typed))


@click.command()
@click.argument("scope", default="default")
@click.option("--until", metavar="DAY", help="3d, mon, 2026-12-01; default: until you resume.")
@click.pass_context
def pause(context: click.Context, scope: str, until: str | None) -> None:
    """Nothing leaves: everywhere, or in a scope such as ann@example.org or acme.example."""
    from agent.verbs import actions

    with desk(context) as (here, made):
        end = later(until, here.clock().astimezone(here.zone)) if until else None
        code = say(actions.pause(made, scope_of(scope), end))
    context.exit(code)


@click.command()
@click.argument("scope", required=False)
@click.option("--all", "everything", is_flag=True, help="Every pause there is, those of persons too.")
@click.pass_context
def resume(context: click.Context, scope: str | None, everything: bool) -> None:
    """Let things leave again: ends the pause of everything, or that of a scope such as ann@example.org.

    A pause of a person or a domain goes on until you name it; naming a person also lifts what they forbade.
    `absence` lets mail leave although you are away, `restored` what was open when the store was restored or copied.
    """
    from agent.mailboxes import absence
    from agent.verbs import actions, switches

    with desk(context) as (_, made):
        if scope == "absence":
            code = say(absence.ignore(made))
        elif scope == "restored":
            code = say(switches.trust_again(made))
        else:
            code = say(actions.resume(made, None if everything else scope_of(scope or "default")))
    context.exit(code)


@click.command()
@click.argument("scope", required=False)
@click.argument("wanted", metavar="[LEVEL]", required=False, type=click.Choice(["manual", "copilot", "autopilot"]))
@click.option("--yes-raise", is_flag=True, help="Raise without typing the word.")
@click.pass_context
def level(context: click.Context, scope: str | None, wanted: str | None, yes_raise: bool) -> None:
    """Show the levels, or that of one scope, or set one. Raising asks for the word; lowering does not."""
    from agent.cli.showing.waiting import level_lines
    from agent.decide.gate.levels import Level, merged
    from agent.store.work import budgets
    from agent.verbs import actions

    with desk(context) as (here, made):
        if scope is None or wanted is None:
            with here.store.read() as connection:
                rules = merged(made.rules, budgets.level_rules(connection))
            for line in level_lines(rules, scope_of(scope) if scope else None):
                out(line)
            return
        done = actions.set_level(made, scope_of(scope), Level(wanted), wanted if yes_raise else None)
        if not done.ok and done.code == "word" and sys.stdin.isatty():
            typed = click.prompt(f"{done.words} Type it", err=True)
            done = actions.set_level(made, scope_of(scope), Level(wanted), typed)
        code = say(done)
        if done.code == "word" and not sys.stdin.isatty():
            narrate("`--yes-raise` stands for typing it.")
    context.exit(code)


def scope_of(text: str) -> Scope:
    """The part of the mail a person named."""
    from agent.decide.gate.levels import parse_scope

    found = parse_scope(text)
    if found is None:
        raise UsageError(
            f"{text!r} is no scope.",
            hint="Write default, one address such as ann@example.org, a domain such as acme.example, plan:sales, "
            "account:work, label:x, or the Message-ID of a mail in its brackets: '<a1@example.org>'.",
        )
    return found
