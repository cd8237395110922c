"""`setup`: asks, tests, and only then writes the config; never writes a password into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from msgspec.structs import replace

from agent.cli.output import home, narrate, out
from agent.cli.setting_up.entries import add_way_out, write
from agent.cli.setting_up.first_look import first_look
from agent.cli.setting_up.mailboxes import sync_with_bar
from agent.cli.setting_up.questions import (
    SECURITY,
    Said,
    address,
    ask,
    asked_again,
    name,
    need,
    password,
    server,
    way_out,
)
from agent.common.home import Home
from agent.config import Account, Config, Gmail, Outlook, Secret, Smtp
from agent.errors import UsageError
from agent.lock import held
from providers import base
from providers.registry import BUILT_IN, known

Maker = Callable[..., Account]
Client = tuple[Gmail | None, Outlook | None]
"""The client the person registered, with one of the two."""
PROVIDERS = tuple(spec.name for spec in BUILT_IN.values() if spec.asks)
USUAL = {domain: spec.name for spec in BUILT_IN.values() for domain in spec.domains}


@click.command()
@click.option("--non-interactive", is_flag=True, help="Ask nothing; everything comes from the options.")
@click.option("--provider", type=click.Choice(PROVIDERS), help="imap unless told or asked.")
@click.option("--name", help="A short name for the account, such as work; a known one is signed in again.")
@click.option("--address", help="Your address there.")
@click.option("--imap-host", metavar="HOST[:PORT]", help="The IMAP server.")
@click.option("--imap-port", type=click.IntRange(1, 65535), help="Its port; 993 unless told.")
@click.option("--security", type=click.Choice(SECURITY), help="tls unless told or asked; none on this machine only.")
@click.option("--smtp-host", metavar="HOST[:PORT]", help="The SMTP server, wanted above level manual only.")
@click.option("--smtp-security", type=click.Choice(SECURITY), help="tls unless told or asked.")
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
def setup(context: click.Context, /, non_interactive: bool, no_sync: bool, **said: object) -> None:
    """Connect an account, or sign in to one again: sign in, test, write the config, first sync."""
    with home(context) as here:
        known = connected(here, said, interactive=not non_interactive)
        account = _again(here, known, said, interactive=not non_interactive) if known else _fresh(
            here, said, interactive=not non_interactive
        )  # fmt: skip
        if not no_sync:
            with held(here.places.lock, "setup"):
                sync_with_bar(here, here.config.account_named(account.name))
                first_look(here, account.name, interactive=not non_interactive)
    if known is None:
        narrate("Where you set no other level it is manual: relance finds and drafts, you send.")
    narrate("Next: `relance sync`." if no_sync else "Next: `relance list`, or `relance` for the screen.")


def connected(here: Home, said: Said, *, interactive: bool) -> Account | None:
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


def _fresh(here: Home, said: Said, *, interactive: bool) -> Account:
    """Ask, sign in, test; the config is written last."""
    if interactive and said["provider"] is None:
        address(said, interactive=True)
        guess = USUAL.get(said["address"].rpartition("@")[2].lower(), "imap")
        said["provider"] = click.prompt("Provider", type=click.Choice(PROVIDERS), default=guess, err=True)
    name(said, interactive=interactive)
    make = _cloud_account if known(said["provider"] or "imap").asks == "client" else _imap_account
    with on_trial(here, said["name"]):
        account = _that_answers(here, make, said, interactive=interactive)
        if account.imap is not None:
            account = replace(account, smtp=_way_out(here, said, account, interactive=interactive))
        write(here.places.config_file, account)
    here.__dict__.pop("config", None)
    out(f"Wrote {here.places.config_file}.")
    _say_where(here, account.name)
    return account


def _that_answers(here: Home, make: Maker, said: Said, *, interactive: bool) -> Account:
    """Sign in; what was wrong is asked again, with the answer before as the proposal."""
    while True:
        account = make(here, said, interactive=interactive)
        try:
            test(here, account)
        except base.ProviderError as problem:
            if not (interactive and account.imap and not account.imap.oauth and asked_again(said, problem)):
                raise
        else:
            return account


def _again(here: Home, account: Account, said: Said, *, interactive: bool) -> Account:
    """A new sign-in or password for an account that is known; its entry in the config stays as it is."""
    from agent.mailboxes.signins import kind_of

    with on_trial(here, account.name):
        if kind_of(account):
            from agent.mailboxes.clouds import sign_in

            sign_in(here, account, headless=said["headless"], show=narrate)
        elif account.imap is not None and (account.imap.password is None or account.imap.password.keyring):
            _, secret = password(said, interactive=interactive)
            if secret is None:
                raise UsageError("Its password is kept in the keyring.", hint="Use --password-stdin.")
            _renew(here, account.name, secret)
        test(here, account)
        without = account.imap is not None and account.smtp is None
        server = _way_out(here, said, account, interactive=interactive) if without else None
        if server is not None:
            add_way_out(here.places.config_file, account.name, server)
            here.__dict__.pop("config", None)
    out(f"Signed in to {account.name} again.")
    _say_where(here, account.name)
    return account


def _renew(here: Home, name: str, secret: str) -> None:
    """The new password; the way out gets it too, where it had the same one."""
    old = here.vault.get(f"{name}.imap.password")
    if old is not None and here.vault.get(f"{name}.smtp.password") == old:
        here.vault.put(f"{name}.smtp.password", secret)
    here.vault.put(f"{name}.imap.password", secret)


def _way_out(here: Home, said: Said, account: Account, *, interactive: bool) -> Smtp | None:
    """The SMTP server, with the password of the mailbox where the keyring holds that."""
    server = way_out(said, account, interactive=interactive)
    secret = here.vault.get(f"{account.name}.imap.password")
    if server is not None and server.password is not None and server.password.keyring and secret is not None:
        here.vault.put(f"{account.name}.smtp.password", secret)
    return server


@contextmanager
def on_trial(here: Home, name: str) -> Iterator[None]:
    """What did not work is not kept: the secrets of the account are as before."""
    before = {place: here.vault.get(place) for place in _kept_for(name)}
    try:
        yield
    except BaseException:
        for place, value in before.items():
            if value is None:
                here.vault.drop(place)
            else:
                here.vault.put(place, value)
        raise


def _kept_for(name: str) -> tuple[str, ...]:
    """What the keyring may hold for an account."""
    return f"{name}.imap.password", f"{name}.smtp.password", f"{name}.sign-in", f"{name}.gmail.client_secret"


def _say_where(here: Home, name: str) -> None:
    """A password in a file is worth a word."""
    if here.vault.holds_files() and any(here.vault.get(place) for place in _kept_for(name)):
        narrate(f"This machine has no keyring: what signs you in is kept in {here.vault.file}, readable by you alone.")


def _imap_account(here: Home, said: Said, *, interactive: bool) -> Account:
    if said["oauth"]:
        return _imap_by_token(here, said, interactive=interactive)
    wanted = ask(said, interactive=interactive)
    if wanted.secret is not None:
        here.vault.put(f"{wanted.name}.imap.password", wanted.secret)
    return Account(name=wanted.name, provider="imap", address=wanted.address, imap=wanted.imap)


def _imap_by_token(here: Home, said: Said, *, interactive: bool) -> Account:
    """A mail server that takes the tokens of Google or Microsoft."""
    from agent.mailboxes.clouds import sign_in

    imap = server(said, interactive=interactive)
    gmail, outlook = _client(here, said, interactive=interactive, google=said["oauth"] == "google")
    account = Account(
        name=said["name"],
        provider="imap",
        address=said["address"],
        imap=replace(imap, oauth=said["oauth"]),
        gmail=gmail,
        outlook=outlook,
    )
    sign_in(here, account, headless=said["headless"], show=narrate)
    return account


def _client(here: Home, said: Said, *, interactive: bool, google: bool) -> Client:
    """The table of the client the person registered."""
    client = need(said, "client_id", "Client id (docs/providers.md shows how to get one)", interactive=interactive)
    if not google:
        return None, Outlook(client_id=client)
    variable = said["client_secret_env"]
    secret = Secret(env=variable) if variable else _secret(here, said, interactive=interactive)
    return Gmail(client_id=client, client_secret=secret), None


def _cloud_account(here: Home, said: Said, *, interactive: bool) -> Account:
    """A sign-in in the browser, or on another machine where this one has none."""
    from agent.mailboxes.clouds import sign_in

    address(said, interactive=interactive)
    gmail, outlook = _client(here, said, interactive=interactive, google=known(said["provider"]).sign_in == "google")
    account = Account(
        name=said["name"], provider=said["provider"], address=said["address"], gmail=gmail, outlook=outlook
    )
    sign_in(here, account, headless=said["headless"], show=narrate)
    return account


def _secret(here: Home, said: Said, *, interactive: bool) -> Secret:
    """Google gives every desktop client a secret and wants to see it."""
    if not interactive:
        raise UsageError("--client-secret-env is missing.", hint="Google wants the secret of the client as well.")
    here.vault.put(f"{said['name']}.gmail.client_secret", click.prompt("Client secret", hide_input=True, err=True))
    return Secret(keyring=True)


def test(here: Home, account: Account) -> None:
    """Sign in once, so that a wrong entry shows now and not at night."""
    from agent.mailboxes.accounts import open_mailbox

    narrate(f"Signing in to {account.imap.host if account.imap else account.provider} ...")
    mailbox = open_mailbox(here, account)
    try:
        if known(account.provider).sign_in:
            # Only reading shows whose sign-in it is and what it may.
            next(iter(mailbox.changes("")), None)
    finally:
        mailbox.close()
    narrate("Signed in; the mailbox can be read.")
