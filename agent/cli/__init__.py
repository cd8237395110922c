"""Speaks: the command line, one module per group of commands; never holds logic of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import providers
import tui
import voice
from agent import __version__
from agent.cli.lazy import LazyGroup

VERBS = "agent.cli.doing.verbs"
READ, MAIL, LOG, CARE = (
    "agent.cli.showing.read",
    "agent.cli.setting_up.mailboxes",
    "agent.cli.showing.log",
    "agent.cli.doing.upkeep",
)
COMMANDS = {
    "demo": ("agent.cli.doing.demo:demo", "the whole program on a built-in mailbox; no account needed"),
    "setup": ("agent.cli.setting_up.setup:setup", "connect an account, step by step"),
    "sync": (f"{MAIL}:sync", "read what is new in the mailboxes"),
    "status": ("agent.cli.showing.status:status", "accounts, follow-ups by state, daemon"),
    "list": (f"{READ}:list_command", "follow-ups, each with its reason"),
    "show": (f"{READ}:show", "one follow-up with everything known about it"),
    "why": (f"{READ}:why", "why a thread was or was not touched"),
    "enroll": ("agent.cli.doing.enrolling:enroll", "put a person or a thread under a plan"),
    "signal": ("agent.cli.doing.enrolling:signal", "a reason to write to somebody now"),
    "import": ("agent.cli.doing.importing:import_people", "the people of a CSV file, each under a plan"),
    "hook": ("agent.cli.doing.hook:hook", "what other programs know about people under a plan"),
    "approve": (f"{VERBS}:approve", "let letters leave after their hold"),
    "edit": (f"{VERBS}:edit", "write the text yourself"),
    "redo": (f"{VERBS}:redo", "have the text written again"),
    "snooze": (f"{VERBS}:snooze", "come back to it later"),
    "skip": (f"{VERBS}:skip", "not this one"),
    "stop": (f"{VERBS}:stop", "leave the thread alone for good"),
    "undo": (f"{VERBS}:undo", "take a letter back before it leaves"),
    "settle": (f"{VERBS}:settle", "say what became of an uncertain letter"),
    "pause": (f"{VERBS}:pause", "nothing leaves"),
    "resume": (f"{VERBS}:resume", "let things leave again"),
    "level": (f"{VERBS}:level", "show or set how far it may go"),
    "plans": ("agent.cli.showing.plans:plans", "the sequences there are; new and test for your own"),
    "owed": ("agent.cli.showing.owing:owed", "questions you left open, promises whose day passed"),
    "quiet": ("agent.cli.showing.quiet:quiet", "people you used to exchange mail with"),
    "voice": ("agent.cli.showing.figures:voice", "how you write: show, build, check"),
    "stats": ("agent.cli.showing.figures:stats", "figures of what was done"),
    "languages": ("agent.cli.showing.languages:languages", "what it can do in which language"),
    "export": ("agent.cli.showing.figures:export", "your data as JSON lines, CSV or mbox"),
    "run": ("agent.cli.doing.working:run", "the daemon; --once for a single pass"),
    "service": ("agent.cli.doing.working:service", "start the daemon with your session"),
    "try": ("agent.cli.showing.judging:try_command", "what it would do with an mbox or Maildir of yours"),
    "inspect": ("agent.cli.showing.judging:inspect", "what one incoming mail means: any .eml file"),
    "audit": (f"{LOG}:audit", "the log: list, verify, export"),
    "backup": (f"{CARE}:backup", "a checked copy of the store"),
    "restore": (f"{CARE}:restore", "put a copy back; nothing is sent from it"),
    "forget": (f"{CARE}:forget", "remove everything about one address"),
    "doctor": ("agent.cli.setting_up.doctor:doctor", "one line per check of this installation"),
    "config": (f"{CARE}:config", "where the config is, and whether it is right"),
    "completion": (f"{CARE}:completion", "completion for bash, zsh or fish"),
    "version": (f"{CARE}:version", "the version"),
}
SECTIONS = {
    "Begin": ("demo", "try", "inspect", "setup", "doctor"),
    "Look": ("status", "list", "show", "why", "owed", "quiet", "voice", "plans", "stats", "languages", "audit"),
    "Decide": ("approve", "edit", "redo", "snooze", "skip", "stop", "undo", "settle"),
    "Begin a plan": ("enroll", "import", "signal", "hook"),
    "How far it may go": ("level", "pause", "resume"),
    "At work": ("sync", "run", "service"),
    "Your data": ("export", "backup", "restore", "forget"),
    "The program": ("config", "completion", "version"),
}
PARTS = (providers.__name__, voice.__name__, tui.__name__)


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    sections=SECTIONS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Without a command the terminal UI opens. Nothing is sent unless you allow it: the default level is manual.",
)
@click.option("--config", "config_file", type=click.Path(path_type=Path), metavar="FILE", help="Another config file.")
@click.version_option(__version__, prog_name="relance")
@click.pass_context
def cli(context: click.Context, config_file: Path | None) -> None:
    """Finds the mails of yours that were never answered and helps you follow up, in your own voice."""
    context.obj = config_file
    if context.invoked_subcommand is None:
        from agent.cli.doing.screen import open_screen

        open_screen(context)


def main() -> int:
    """Run one command and return its exit code."""
    from agent.cli.exit_codes import run

    return run(cli, sys.argv[1:])
