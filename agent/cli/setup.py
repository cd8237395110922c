"""`setup`: asks, tests, and only then writes the config; never writes a password into it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from agent.act.home import Home
from agent.cli.mailboxes import sync_with_bar
from agent.cli.output import home, narrate, out
from agent.config import Account, Config, Gmail, Imap, Outlook, Secret
from agent.errors import UsageError
from agent.lock import held

PROVIDERS = ("imap", "gmail", "outlook")
USUAL = {
    "gmail.com": "gmail", "googlemail.com": "gmail", "outlook.com": "outlook", "hotmail.com": "outlook",
    "live.com": "outlook", "msn.com": "outlook",
}  # fmt: skip
KNOWN_HOSTS = {
    "gmail.com": ("imap.gmail.com", "smtp.gmail.com"),
    "googlemail.com": ("imap.gmail.com", "smtp.gmail.com"),
    "outlook.com": ("outlook.office365.com", "smtp-mail.outlook.com"),
    "hotmail.com": ("outlook.office365.com", "smtp-mail.outlook.com"),
    "icloud.com": ("imap.mail.me.com", "smtp.mail.me.com"),
    "me.com": ("imap.mail.me.com", "smtp.mail.me.com"),
    "yahoo.com": ("imap.mail.yahoo.com", "smtp.mail.yahoo.com"),
    "fastmail.com": ("imap.fastmail.com", "smtp.fastmail.com"),
    "gmx.de": ("imap.gmx.net", "mail.gmx.net"),
    "gmx.net": ("imap.gmx.net", "mail.gmx.net"),
    "web.de": ("imap.web.de", "smtp.web.de"),
    "posteo.de": ("posteo.de", "posteo.de"),
    "mailbox.org": ("imap.mailbox.org", "smtp.mailbox.org"),
    "orange.fr": ("imap.orange.fr", "smtp.orange.fr"),
    "free.fr": ("imap.free.fr", "smtp.free.fr"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person said about the account."""

    name: str
    address: str
    imap: Imap
    secret: str | None
    """The password itself, on its way to the keyring; None when the config says where to find it."""


@click.command()
@click.option("--non-interactive", is_flag=True, help="Ask nothing; everything comes from the options.")
@click.option("--provider", type=click.Choice(PROVIDERS), help="imap unless told or asked.")
@click.option("--name", help="A short name for the account, such as work; a known one is signed in again.")
@click.option("--address", help="Your address there.")
@click.option("--imap-host", help="The IMAP server.")
@click.option("--imap-port", type=int, help="Its port; 993 unless told.")
@click.option("--security", type=click.Choice(["tls", "starttls", "none"]), default="tls", show_default=True)
@click.option("--user", help="The sign-in name; your address unless told.")
@click.option("--password-env", metavar="VARIABLE", help="Read the password from this variable each time.")
@click.option("--password-command", metavar="COMMAND", help="Read it from this command's first line each time.")
@click.option("--password-stdin", is_flag=True, help="Take it from standard input once and keep it in the keyring.")
@click.option("--oauth", type=click.Choice(["google", "microsoft"]), help="IMAP: sign in by token, not by password.")
@click.option("--client-id", help="Gmail and Outlook: the client id you registered (docs/providers.md).")
@click.option("--client-secret-env", metavar="VARIABLE", help="Gmail: the variable that holds the client secret.")
@click.option("--headless", is_flag=True, help="Gmail and Outlook: sign in with a browser on another machine.")
@click.option("--no-sync", is_flag=True, help="Leave the first sync for later.")
@click.pass_context
def setup(context: click.Context, /, non_interactive: bool, no_sync: bool, **said: Any) -> None:
    """Connect an account, or sign in to one again: sign in, test, write the config, first sync."""
    with home(context) as here:
        known = connected(here, said, interactive=not non_interactive)
        account = _again(here, known, said, interactive=not non_interactive) if known else _fresh(
            here, said, interactive=not non_interactive
        )  # fmt: skip
        if not no_sync:
            with held(here.places.lock, "setup"):
                sync_with_bar(here, here.config.account_named(account.name))
    if known is None:
        narrate("The level is manual: relance finds and drafts, you send.")
    narrate("Next: `relance list`, or `relance` for the screen.")


def connected(here: Home, said: dict[str, Any], *, interactive: bool) -> Account | None:
    """The account of the config that is meant; None for a new one."""
    if not here.places.config_file.exists():
        here.config = Config()
        return None
    accounts = here.config.account
    if not interactive:
        said["name"] = said["name"] or "work"
    if accounts and said["name"] is None:
        names = ", ".join(account.name for account in accounts)
        narrate(f"Connected: {names}. Name one of them to sign in again, or choose a name for another account.")
        said["name"] = click.prompt("Account", default=accounts[0].name, err=True)
    found = next((account for account in accounts if account.name == said["name"]), None)
    other = said["address"] is not None and found is not None and said["address"].lower() != found.address.lower()
    if found is not None and (other or said["provider"] not in {None, found.provider}):
        raise UsageError(
            f"The config has an account called {found.name!r} already, of {found.address}.",
            hint="Choose another --name.",
        )
    return found


def _fresh(here: Home, said: dict[str, Any], *, interactive: bool) -> Account:
    """Ask, sign in, test; the config is written last."""
    if interactive and said["provider"] is None:
        said["address"] = _need(said, "address", "Your address", interactive=True)
        guess = USUAL.get(said["address"].rpartition("@")[2].lower(), "imap")
        said["provider"] = click.prompt("Provider", type=click.Choice(PROVIDERS), default=guess, err=True)
    said["name"] = _need(said, "name", "A short name for it", interactive=interactive, usual="work")
    make = _cloud_account if said["provider"] in {"gmail", "outlook"} else _imap_account
    with on_trial(here, said["name"]):
        account = make(here, said, interactive=interactive)
        test(here, account)
    write(here.places.config_file, account)
    here.__dict__.pop("config", None)
    out(f"Wrote {here.places.config_file}.")
    return account


def _again(here: Home, account: Account, said: dict[str, Any], *, interactive: bool) -> Account:
    """A new sign-in or password for an account that is known; its entry in the config stays as it is."""
    from agent.act.signins import kind_of

    with on_trial(here, account.name):
        if kind_of(account):
            from agent.act.clouds import sign_in

            sign_in(here, account, headless=said["headless"], show=narrate)
        elif account.imap is not None and (account.imap.password is None or account.imap.password.keyring):
            _, secret = _password(said, interactive=interactive)
            if secret is None:
                raise UsageError("Its password is kept in the keyring.", hint="Use --password-stdin.")
            _keep(here, f"{account.name}.imap.password", secret)
        test(here, account)
    out(f"Signed in to {account.name} again.")
    return account


@contextmanager
def on_trial(here: Home, name: str) -> Iterator[None]:
    """What did not work is not kept: the secrets of the account are as before."""
    places = (f"{name}.imap.password", f"{name}.sign-in", f"{name}.gmail.client_secret")
    before = {place: here.vault.get(place) for place in places}
    try:
        yield
    except BaseException:
        for place, value in before.items():
            if value is None:
                here.vault.drop(place)
            else:
                here.vault.put(place, value)
        raise


def _keep(here: Home, place: str, secret: str) -> None:
    if here.vault.put(place, secret) == "file":
        narrate(f"This machine has no keyring: the password is kept in {here.vault.file}, readable by you alone.")


def _imap_account(here: Home, said: dict[str, Any], *, interactive: bool) -> Account:
    if said["oauth"]:
        return _imap_by_token(here, said, interactive=interactive)
    wanted = ask(said, interactive=interactive)
    if wanted.secret is not None:
        _keep(here, f"{wanted.name}.imap.password", wanted.secret)
    return Account(name=wanted.name, provider="imap", address=wanted.address, imap=wanted.imap)


def _imap_by_token(here: Home, said: dict[str, Any], *, interactive: bool) -> Account:
    """A mail server that takes the tokens of Google or Microsoft."""
    from agent.act.clouds import sign_in

    address, host, user, port = _server(said, interactive=interactive)
    imap = Imap(host=host, port=port, security=said["security"], user=user, oauth=said["oauth"])
    client = _client(here, said, interactive=interactive, google=said["oauth"] == "google")
    account = Account(name=said["name"], provider="imap", address=address, imap=imap, **client)
    sign_in(here, account, headless=said["headless"], show=narrate)
    return account


def _client(here: Home, said: dict[str, Any], *, interactive: bool, google: bool) -> dict[str, Any]:
    """The table of the client the person registered."""
    client = _need(said, "client_id", "Client id (docs/providers.md shows how to get one)", interactive=interactive)
    if not google:
        return {"outlook": Outlook(client_id=client)}
    variable = said["client_secret_env"]
    secret = Secret(env=variable) if variable else _secret(here, said, interactive=interactive)
    return {"gmail": Gmail(client_id=client, client_secret=secret)}


def _cloud_account(here: Home, said: dict[str, Any], *, interactive: bool) -> Account:
    """A sign-in in the browser, or on another machine where this one has none."""
    from agent.act.clouds import sign_in

    address = _need(said, "address", "Your address", interactive=interactive)
    client = _client(here, said, interactive=interactive, google=said["provider"] == "gmail")
    account = Account(name=said["name"], provider=said["provider"], address=address, **client)
    sign_in(here, account, headless=said["headless"], show=narrate)
    return account


def _secret(here: Home, said: dict[str, Any], *, interactive: bool) -> Secret:
    """Google gives every desktop client a secret and wants to see it."""
    if not interactive:
        raise UsageError("--client-secret-env is missing.", hint="Google wants the secret of the client as well.")
    _keep(here, f"{said['name']}.gmail.client_secret", click.prompt("Client secret", hide_input=True, err=True))
    return Secret(keyring=True)


def ask(said: dict[str, Any], *, interactive: bool) -> Wanted:
    """Fill in what the options left open."""
    address, host, user, port = _server(said, interactive=interactive)
    place, secret = _password(said, interactive=interactive)
    return Wanted(
        said["name"], address, Imap(host=host, port=port, security=said["security"], user=user, password=place), secret
    )


def _server(said: dict[str, Any], *, interactive: bool) -> tuple[str, str, str, int]:
    """Address, host, sign-in name and port."""
    address = _need(said, "address", "Your address", interactive=interactive)
    domain = address.rpartition("@")[2].lower()
    guess = KNOWN_HOSTS.get(domain, (f"imap.{domain}", f"smtp.{domain}"))[0]
    host = _need(said, "imap_host", "IMAP server", interactive=interactive, usual=guess)
    user = _need(said, "user", "Sign-in name", interactive=interactive, usual=address)
    return address, host, user, said["imap_port"] or (993 if said["security"] == "tls" else 143)


def _need(said: dict[str, Any], key: str, words: str, *, interactive: bool, usual: str | None = None) -> str:
    given = said[key]
    if given is None and interactive:
        given = click.prompt(words, default=usual, err=True)
    value = given or usual
    if not value:
        raise UsageError(f"--{key.replace('_', '-')} is missing.", hint="`relance setup --help` lists the options.")
    return str(value)


def _password(said: dict[str, Any], *, interactive: bool) -> tuple[Secret, str | None]:
    if said["password_env"]:
        return Secret(env=said["password_env"]), None
    if said["password_command"]:
        import shlex

        return Secret(command=shlex.split(said["password_command"])), None
    if said["password_stdin"]:
        return Secret(keyring=True), sys.stdin.readline().rstrip("\r\n")
    if interactive:
        return Secret(keyring=True), click.prompt("Password (or app password)", hide_input=True, err=True)
    raise UsageError("No password was given.", hint="Use --password-env, --password-command or --password-stdin.")


def test(here: Home, account: Account) -> None:
    """Sign in once, so that a wrong entry shows now and not at night."""
    from agent.act.accounts import open_mailbox

    narrate(f"Signing in to {account.imap.host if account.imap else account.provider} ...")
    mailbox = open_mailbox(here, account)
    try:
        if account.provider in {"gmail", "outlook"}:
            # Only reading shows whose sign-in it is and what it may.
            next(iter(mailbox.changes("")), None)
    finally:
        mailbox.close()
    narrate("Signed in; the mailbox can be read.")


def write(file: Path, account: Account) -> None:
    """Add the account to the config, keeping what a person wrote there."""
    import tomlkit

    from agent import config as configuration
    from agent.paths import write_private

    document = tomlkit.parse(file.read_text(encoding="utf-8")) if file.exists() else tomlkit.document()
    accounts = document.get("account")
    if accounts is None:
        accounts = document["account"] = tomlkit.aot()
    if any(entry.get("name") == account.name for entry in accounts):
        raise UsageError(f"The config has an account called {account.name!r} already.", hint="Choose another --name.")
    accounts.append(_table(account))
    text = tomlkit.dumps(document)
    configuration.parse(text, file)
    write_private(file, text.encode())


def _table(account: Account) -> Any:
    import tomlkit

    from agent.config import as_table

    said = as_table(account)
    servers = {key: said.pop(key) for key in ("imap", "gmail", "outlook") if key in said}
    entry = tomlkit.item(said)
    for key, values in servers.items():
        server = tomlkit.table()
        for name, value in values.items():
            server[name] = _inline(value) if isinstance(value, dict) else value
        entry[key] = server
    return entry


def _inline(value: dict[str, Any]) -> Any:
    import tomlkit

    inline = tomlkit.inline_table()
    inline.update(value)
    return inline
