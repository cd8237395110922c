"""Turns every way a command can end into one sentence and an exit code; never lets a traceback reach a user."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence

import click

from agent.cli.output import bold
from agent.errors import Exit, RelanceError
from providers import base
from providers.mail.plain import plain
from voice.languages.packs import DamagedPack

SIGN_IN = "Check the account's entry in the config, or run `relance setup` again."


def run(command: click.Command, words: Sequence[str]) -> int:
    """Run a command; the return value is the process's exit code."""
    try:
        result = command.main(args=list(words), prog_name="relance", standalone_mode=False)
    except Exception as problem:  # noqa: BLE001 (the last line of defence turns everything into a sentence)
        return end(problem)
    except KeyboardInterrupt:
        return say("Interrupted.", "Nothing is lost; run it again to go on.", Exit.INTERRUPTED)
    return result if isinstance(result, int) else Exit.OK


def end(problem: Exception) -> int:
    """Say what went wrong and what to do, and choose the exit code."""
    match problem:
        case click.exceptions.Exit():
            return problem.exit_code
        case click.Abort():
            return _unanswered()
        case click.ClickException():
            _usage(problem)
            return Exit.USAGE
        case RelanceError():
            return say(problem.message, problem.hint, problem.code)
        case base.ProviderError():
            return _provider(problem)
        case BrokenPipeError():
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return Exit.OK
        case OSError():
            return _system(problem)
        case DamagedPack():
            return say(str(problem), "Mend that file, or install relance again.", Exit.FAILED)
        case _:
            return _unexpected(problem)


def _usage(problem: click.ClickException) -> None:
    """What click says, without what the words of a command line could do to a terminal."""
    said = io.StringIO()
    problem.show(said)
    click.echo(plain(said.getvalue()), nl=False, err=True)


def _unanswered() -> int:
    """A question got no answer: ctrl-c, or nobody there to ask."""
    click.echo(err=True)
    if sys.stdin.isatty():
        return say("Interrupted.", "Nothing was changed.", Exit.INTERRUPTED)
    return say(
        "That is a question, and nobody is there to answer; nothing was changed.",
        "Run it in a terminal, or give the answer as an option: --help lists them.",
        Exit.USAGE,
    )


def say(message: str, hint: str, code: Exit) -> int:
    """Two lines for a human on stderr."""
    click.echo(bold("relance: ", err=True) + plain(message), err=True)
    if hint:
        click.echo(f"         {plain(hint)}", err=True)
    return code


def _provider(problem: base.ProviderError) -> int:
    # Where a package passes on what was said to it, it is said in our words.
    if isinstance(problem.__cause__, RelanceError):
        return end(problem.__cause__)
    if isinstance(problem, base.SignInNeeded):
        said = str(problem)
        # Most of them say themselves how to sign in again.
        hint = (
            "" if "relance setup" in said else "Check the account's entry in the config, or run `relance setup` again."
        )
        return say(said, hint, Exit.SIGN_IN)
    if isinstance(problem, base.Unreachable):
        return say(str(problem), "Nothing is lost; try again in a while.", Exit.TEMPORARY)
    return say(str(problem), "`relance doctor` checks the account.", Exit.FAILED)


def _system(problem: OSError) -> int:
    where = f" ({problem.filename})" if problem.filename else ""
    if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
        return say(f"The disk is full{where}.", "Make room and run it again; nothing was lost.", Exit.TEMPORARY)
    if problem.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return say(f"No permission{where}.", "Check who owns the folder and its mode.", Exit.FAILED)
    return say(
        f"The system refused: {problem.strerror or problem}{where}.", "`relance doctor` may say more.", Exit.FAILED
    )


def _unexpected(problem: Exception) -> int:
    from agent.logs import keep_traceback

    kept = keep_traceback(problem)
    return say(
        f"Something went wrong inside relance ({type(problem).__name__}).",
        f"Where it happened is noted in {kept}, without any mail in it; please report it.",
        Exit.FAILED,
    )
