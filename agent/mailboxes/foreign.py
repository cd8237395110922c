"""Accounts whose provider comes from another package: opened like others, sent from only by the config's word."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agent.config import Account, Plugin
from agent.errors import ConfigError, RelanceError, SignInError
from providers import registry
from providers.base import Mail, Mailbox, Page, ProviderError, SignInNeeded, Watcher
from providers.registry import BrokenProviderError, Opening, ProviderSpec

if TYPE_CHECKING:
    from agent.common.home import Home


class PackageError(ConfigError):
    """A package that the config names cannot be used."""


def opening(home: Home, account: Account) -> Opening:
    """All that the package learns of the account."""
    options = (account.plugin or Plugin()).options
    return Opening(
        account.name, account.address, tuple(account.aliases), options, lambda: _secret(home, account)
    )  # fmt: skip


def _secret(home: Home, account: Account) -> str:
    """The secret its entry points to; that there is none is no fault of the package."""
    from agent.secrets import resolve

    secret, place = (account.plugin or Plugin()).secret, f"{account.name}.plugin.secret"
    try:
        return resolve(secret, place, home.vault)
    except SignInError as problem:
        keeps = f"Keep one with `relance config secret {shlex.quote(place)}`, or point `secret` to one."
        said = SignInError(problem.message, hint=problem.hint if secret and not secret.keyring else keeps)
        raise SignInNeeded(str(said)) from said


def open_mailbox(home: Home, account: Account) -> Mailbox:
    """The mailbox, or a sentence that names the package."""
    with _in_a_sentence(account):
        spec = registry.loaded(account.provider)
        mailbox: Mailbox = registry.made(spec, spec.mailbox, opening(home, account))
        if not isinstance(mailbox, Mailbox):
            raise BrokenProviderError(
                f"The package {spec.package} {spec.version} opens no mailbox for the provider {spec.name!r}."
            )
        return mailbox


def pages(account: Account, mailbox: Mailbox, cursor: str) -> Iterator[Page]:
    """What the mailbox of any account lists; an error inside a package ends the reading of this account alone."""
    if not registry.known(account.provider).foreign:
        yield from mailbox.changes(cursor)
        return
    with _in_a_sentence(account):
        for page in mailbox.changes(cursor):
            if not isinstance(page, Page) or not all(isinstance(mail, Mail) for mail in page.mails):
                raise TypeError("its changes are no pages of mails")
            yield page


def close(account: Account, mailbox: Mailbox) -> None:
    """Hang up, whoever's mailbox it is."""
    if not registry.known(account.provider).foreign:
        mailbox.close()
        return
    with _in_a_sentence(account):
        mailbox.close()


def open_watcher(home: Home, account: Account) -> Watcher | None:
    """Its watcher, where it has one."""
    with _in_a_sentence(account):
        spec = registry.loaded(account.provider)
        watcher: Watcher | None = registry.made(spec, spec.watcher, opening(home, account)) if spec.watcher else None
        return watcher


def leave(account: Account) -> ProviderSpec:
    """The provider, where the config says that it may send for this account; everything else is refused."""
    if account.sender != account.provider:
        raise ConfigError(
            f"The provider {account.provider!r} of {account.name!r} may read and not send.", hint=_allowing(account)
        )
    with _in_a_sentence(account):
        spec = registry.loaded(account.provider)
    if not spec.sender:
        raise ConfigError(
            f"The account {account.name!r} has no way to send.",
            hint=f"The package {spec.package} {spec.version} cannot send.",
        )
    return spec


def no_way_out(account: Account) -> str:
    """Why nothing can leave, as far as the config shows it."""
    if account.sender:
        return ""
    return f"Nothing can leave from {account.name}: its provider comes from another package. {_allowing(account)}"


def _allowing(account: Account) -> str:
    return f'`sender = "{account.provider}"` in its entry lets that package send.'


def described(account: Account) -> str:
    """Whose the provider is, and what it may do, in one line."""
    with _in_a_sentence(account):
        spec = registry.loaded(account.provider)
    does = "reads and keeps drafts" if spec.drafts else "reads"
    if not spec.sender:
        sends = "it cannot send"
    else:
        sends = "it may send" if account.sender else f"it may not send; {_allowing(account).rstrip('.')}"
    return f"{spec.package} {spec.version} {does}; {sends}."


def wrong(home: Home, account: Account) -> Iterator[str]:
    """What the package itself has to say against the account, a sentence each."""
    with _in_a_sentence(account):
        spec = registry.loaded(account.provider)
        try:
            yield from map(str, registry.made(spec, spec.checks, opening(home, account)) if spec.checks else ())
        except ProviderError as problem:
            yield str(problem)


@contextmanager
def _in_a_sentence(account: Account) -> Iterator[None]:
    """A package that cannot be used is a matter of the config, and of this account alone."""
    try:
        yield
    except BrokenProviderError as problem:
        raise _unusable(account, problem) from problem
    except (ProviderError, RelanceError):
        raise
    except (Exception, SystemExit) as problem:
        raise _unusable(account, registry.broke_off(registry.loaded(account.provider), problem)) from problem


def _unusable(account: Account, problem: BrokenProviderError) -> PackageError:
    hint = "Mend or remove that package, or take the account out of the config."
    return PackageError(f"{account.name}: {problem}", hint=hint)
