"""Copies, privacy, config and small help; each destructive command says first what it will do."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from agent import __version__
from agent import config as configuration
from agent.cli.output import counted, home, json_option, narrate, out, out_json, sure
from agent.errors import UsageError
from agent.lock import held
from agent.paths import places
from providers.registry import known


@click.command()
@click.option(
    "--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="Where to; default: the data folder."
)
@click.pass_context
def backup(context: click.Context, target: Path | None) -> None:
    """Make a checked copy, encrypted with the same key. The newest seven in the data folder are kept."""
    from agent.store.upkeep import backup as make

    with home(context) as here:
        out(str(make(here.store, target)))


@click.command()
@click.argument("copy", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def restore(context: click.Context, copy: Path, yes: bool) -> None:
    """Put a copy in the place of the store. The present store is kept beside it, and nothing is sent from a copy."""
    from agent.verbs.restoring import put_back

    if not copy.is_file():
        raise UsageError(f"There is no file {copy}.", hint="`relance doctor` says where the copies are.")
    with home(context) as here, held(here.places.lock, "restore"):
        _ = here.config
        narrate(f"This replaces {here.places.database} with {copy}; the present one is kept beside it.")
        if not yes:
            sure()
        kept = put_back(here, copy)
    narrate("Restored. Sending is paused until you say `relance resume`: some of its mails may have left already.")
    narrate("What was open in the copy is held: approve each, or say `relance resume restored` for all.")
    narrate("Levels and pauses are those of the copy, and whoever you had it forget since is in it again.")
    if kept:
        narrate(f"The replaced store is {kept}.")


@click.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def forget(context: click.Context, address: str, yes: bool) -> None:
    """Remove every mail, follow-up and note about an address from the store, and never keep its mail again."""
    from agent.drafting.draft import learn_voice, mails_learned
    from agent.store.upkeep import forget as remove

    if "@" not in address:
        raise UsageError(f"{address!r} is not an address.", hint="Write it in full, such as ann@example.org.")
    with home(context) as here, held(here.places.lock, "forget"):
        _ = here.config
        narrate("This cannot be undone. Copies made earlier still hold the mails; your mailbox is not touched.")
        if not yes:
            sure()
        learned = mails_learned(here)
        erased = remove(here.store, address)
        if learned:
            learn_voice(here)
    out(f"Removed {erased.mails} mails and {erased.followups} follow-ups. The audit log keeps its rows, without names.")


@click.group()
def config() -> None:
    """The config file."""


@config.command()
@click.pass_context
def path(context: click.Context) -> None:
    """Where the config file is."""
    out(str(places(context.find_root().obj).config_file))


@config.command()
@json_option
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """Whether the config file is right."""
    from agent.models.check import doubts
    from agent.sequences.plans import all_plans

    where = places(context.find_root().obj)
    config_read = configuration.load(where.config_file)
    all_plans(config_read)
    names, warnings = [entry.name for entry in config_read.account], doubts(config_read)
    for words in warnings:
        narrate(f"Warning: {where.config_file}: {words}")
    if as_json:
        out_json({"ok": True, "file": str(where.config_file), "accounts": names, "warnings": warnings})
    else:
        out(f"{where.config_file} is right: {counted(len(names), 'account')}, level {config_read.gate.level}.")


@config.command(short_help="Keep a secret in the keyring.")
@click.argument("name", metavar="NAME")
@click.option("--remove", is_flag=True, help="Forget it instead.")
@click.pass_context
def secret(context: click.Context, name: str, remove: bool) -> None:
    """Keep a secret the config looks for in the keyring, such as model.api_key; typed, or a line of standard input."""
    asked = secret_names(configuration.load(places(context.find_root().obj).config_file))
    if name not in asked:
        raise UsageError(f"The config asks for no secret {name!r}.", hint=f"It asks for: {', '.join(asked) or 'none'}.")
    with home(context) as here:
        if remove:
            here.vault.drop(name)
            out(f"{name} is forgotten.")
            return
        typed = sys.stdin.isatty()
        value = click.prompt(name, hide_input=True, err=True) if typed else sys.stdin.readline(10_000).strip()
        if not value:
            raise UsageError("The secret is empty, so nothing was kept.")
        out(f"{name} is kept in the {here.vault.put(name, value)}.")


def secret_names(read: configuration.Config) -> list[str]:
    """The places that say { keyring = true }, or leave out where a password is."""
    found = []
    for account in read.account:
        for part in ("imap", "smtp"):
            server = getattr(account, part)
            if server is not None and (server.password is None or server.password.keyring):
                found.append(f"{account.name}.{part}.password")
        if known(account.provider).foreign:
            plugged = account.plugin.secret if account.plugin else None
            found += [f"{account.name}.plugin.secret"] if plugged is None or plugged.keyring else []
        if account.gmail is not None and account.gmail.client_secret and account.gmail.client_secret.keyring:
            found.append(f"{account.name}.gmail.client_secret")
    if read.model is not None and read.model.api_key is not None and read.model.api_key.keyring:
        found.append("model.api_key")
    return found


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script; `relance completion bash >> ~/.bashrc` installs it."""
    from click.shell_completion import get_completion_class

    from agent.cli import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f"No completion for {shell}.")
    out(kind(cli, {}, "relance", "_RELANCE_COMPLETE").source())


@click.command()
@json_option
def version(as_json: bool) -> None:
    """The version."""
    if as_json:
        out_json({"version": __version__})
    else:
        out(f"relance {__version__}")
