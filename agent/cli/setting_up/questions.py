"""The questions of `setup`, and their answers; never signs in and never writes."""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import dataclass
from typing import Any

import click

from agent.address_forms import ADDRESS
from agent.cli.output import narrate
from agent.config import Account, Imap, Secret, Security, Smtp
from agent.errors import UsageError
from providers import base

SECURITY: tuple[Security, ...] = ("tls", "starttls", "none")
TLS_PORT = 993
"""IMAP that is encrypted from the first byte (RFC 8314)."""
PLAIN_PORTS = frozenset({143, 1143})
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")
SERVER = re.compile(r"([^:\s]{1,253})(?::([0-9]{1,5}))?")
KNOWN_HOSTS = {
    "gmail.com": "imap.gmail.com",
    "googlemail.com": "imap.gmail.com",
    "outlook.com": "outlook.office365.com",
    "hotmail.com": "outlook.office365.com",
    "icloud.com": "imap.mail.me.com",
    "me.com": "imap.mail.me.com",
    "yahoo.com": "imap.mail.yahoo.com",
    "fastmail.com": "imap.fastmail.com",
    "gmx.de": "imap.gmx.net",
    "gmx.net": "imap.gmx.net",
    "web.de": "imap.web.de",
    "posteo.de": "posteo.de",
    "mailbox.org": "imap.mailbox.org",
    "orange.fr": "imap.orange.fr",
    "free.fr": "imap.free.fr",
}
KNOWN_WAYS_OUT = {
    "outlook.com": "smtp-mail.outlook.com",
    "hotmail.com": "smtp-mail.outlook.com",
    "gmx.de": "mail.gmx.net",
    "gmx.net": "mail.gmx.net",
    "posteo.de": "posteo.de",
}
SUBMISSION_PORT = 587
"""Where mail programs hand over letters, encrypted after STARTTLS (RFC 6409)."""
Said = dict[str, Any]
"""What the options said, filled up with what was typed."""


@dataclass(frozen=True, slots=True)
class WantedAccount:
    """What the person said about the account."""

    name: str
    address: str
    imap: Imap
    secret: str | None
    """The password itself, on its way to the keyring; None when the config says where to find it."""


def ask(said: Said, *, interactive: bool) -> WantedAccount:
    """Fill in what the options left open."""
    imap = server(said, interactive=interactive)
    place, secret = password(said, interactive=interactive)
    return WantedAccount(
        said["name"], said["address"], Imap(imap.host, imap.port, imap.security, imap.user, password=place), secret
    )


def need(said: Said, key: str, words: str, *, interactive: bool, usual: str | None = None) -> str:
    """One answer, kept among what was said."""
    if not said[key]:
        proposed = said.get(f"{key} before") or usual
        said[key] = click.prompt(words, default=proposed, err=True) if interactive else proposed
    if not said[key]:
        raise UsageError(f"--{key.replace('_', '-')} is missing.", hint="`relance setup --help` lists the options.")
    return str(said[key])


def address(said: Said, *, interactive: bool) -> str:
    """The person's own address."""
    return _fitting(said, "address", "Your address", ADDRESS, "sam@example.org", interactive=interactive)


def name(said: Said, *, interactive: bool) -> str:
    """What the account is called here."""
    return _fitting(said, "name", "A short name for it", NAME, "work", interactive=interactive, usual="work")


def _fitting(
    said: Said, key: str, words: str, shape: re.Pattern[str], example: str, *, interactive: bool,
    usual: str | None = None,
) -> str:  # fmt: skip
    """An answer of a certain shape; asked again until it has it."""
    while True:
        given = need(said, key, words, interactive=interactive, usual=usual)
        if shape.fullmatch(given):
            return given
        wrong = f"{given!r} cannot be an account's {key}."
        if not interactive:
            raise UsageError(wrong, hint=f"Write it like {example}.")
        narrate(f"{wrong} Write it like {example}.")
        said[key] = None


def server(said: Said, *, interactive: bool) -> Imap:
    """Where the mail lies and who signs in; the password comes later."""
    domain = address(said, interactive=interactive).rpartition("@")[2].lower()
    guess = KNOWN_HOSTS.get(domain, f"imap.{domain}")
    host, told = _host_and_port(said, "imap_host", guess, interactive=interactive)
    port = said["imap_port"] or told
    security: Security = said["security"] or _security(said, port, interactive=interactive)
    user = need(said, "user", "Sign-in name", interactive=interactive, usual=said["address"])
    return Imap(host=host, port=port or (TLS_PORT if security == "tls" else 143), security=security, user=user)


def _host_and_port(said: Said, key: str, guess: str, *, interactive: bool) -> tuple[str, int | None]:
    """A host, with a port behind a colon where it is an unusual one."""
    given = need(said, key, f"{key[:4].upper()} server", interactive=interactive, usual=guess)
    found = SERVER.fullmatch(given)
    if found is None or int(found[2] or 1) not in range(1, 65536):
        said[key] = None
        port = TLS_PORT if key == "imap_host" else SUBMISSION_PORT
        wrong, hint = f"{given!r} is no server.", f"Write {guess} or {guess}:{port}."
        if not interactive:
            raise UsageError(wrong, hint=hint)
        narrate(f"{wrong} {hint}")
        return _host_and_port(said, key, guess, interactive=interactive)
    return found[1], int(found[2]) if found[2] else None


def _security(said: Said, port: int | None, *, interactive: bool) -> Security:
    """Encryption: asked only where the port is not the one everybody uses."""
    if port in {None, TLS_PORT} or not interactive:
        return "tls"
    usual = "starttls" if port in PLAIN_PORTS else "tls"
    said["security"] = _asked_security(usual)
    chosen: Security = said["security"]
    return chosen


def _asked_security(usual: str) -> Security:
    asked = click.prompt("Encryption", type=click.Choice(SECURITY), default=usual, err=True)
    chosen: Security = asked
    return chosen


def way_out(said: Said, account: Account, *, interactive: bool) -> Smtp | None:
    """Where it would send from; nothing is opened now, and without an answer it only finds and drafts."""
    imap = account.imap
    assert imap is not None
    if interactive and not said["smtp_host"]:
        narrate('The way out is used only where you raise the level. "-" leaves it for later.')
    guess = KNOWN_WAYS_OUT.get(account.address.rpartition("@")[2].lower(), imap.host.replace("imap", "smtp", 1))
    if not said["smtp_host"] and not interactive:
        return None
    host, told = _host_and_port(said, "smtp_host", guess, interactive=interactive)
    if host == "-":
        return None
    security: Security = said["smtp_security"] or ("starttls" if told == SUBMISSION_PORT else "tls")
    if told not in {None, 465, SUBMISSION_PORT} and interactive and not said["smtp_security"]:
        security = _asked_security("tls")
    port = told or (465 if security == "tls" else SUBMISSION_PORT)
    return Smtp(host=host, port=port, security=security, user=imap.user, password=None if imap.oauth else imap.password)


def password(said: Said, *, interactive: bool) -> tuple[Secret, str | None]:
    """Where the password comes from, and the password itself where the keyring is to hold it."""
    if said["password_env"]:
        return Secret(env=said["password_env"]), None
    if said["password_command"]:
        return Secret(command=shlex.split(said["password_command"])), None
    if said["password_stdin"]:
        said["password"] = said.get("password") or sys.stdin.readline().rstrip("\r\n")
        if not said["password"]:
            raise UsageError("Standard input held no password.", hint="Its first line is taken.")
    elif interactive:
        said["password"] = said.get("password") or click.prompt("Password (or app password)", hide_input=True, err=True)
    else:
        raise UsageError("No password was given.", hint="Use --password-env, --password-command or --password-stdin.")
    return Secret(keyring=True), said["password"]


def asked_again(said: Said, problem: base.ProviderError) -> bool:
    """Forget the answers that were wrong, so that they are asked for once more; False where an option gave them."""
    refused = isinstance(problem, base.SignInNeeded)
    if refused and (said["password_env"] or said["password_command"] or said["password_stdin"]):
        return False
    narrate(f"{sentence(problem)} Nothing was written. Once more; return takes what stands in brackets, ctrl-c leaves.")
    for key in ("user", "password") if refused else ("imap_host", "imap_port", "security"):
        said[f"{key} before"], said[key] = said.get(key), None
    return True


def sentence(problem: base.ProviderError) -> str:
    """What went wrong, without the advice for an account that is in the config already."""
    return str(problem).partition(" Run `relance setup`")[0].replace(" in the config", "")
