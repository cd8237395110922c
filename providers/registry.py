"""Which providers there are and what each can do; names what opens them, and loads none before it is asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from providers.base import ProviderError, Refused

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "relance.providers"
"""The entry points under which other packages offer theirs."""
BY_SMTP = "smtp"
MOST_WORDS = 200
"""Of what foreign code says; it goes into one line."""


class BrokenProviderError(ProviderError):
    """What another package offers cannot be used; the message names the package."""


def _no_secret() -> str:
    raise Refused("There is no secret for this account.")


@dataclass(frozen=True, slots=True)
class Opening:
    """What a provider of another package learns of an account; never of other accounts or of what relance keeps."""

    account: str
    address: str
    aliases: tuple[str, ...] = ()
    options: Mapping[str, str | int | bool] = field(default_factory=dict)
    """As the table [account.plugin.options] has them."""
    secret: Callable[[], str] = field(default=_no_secret, repr=False)
    """Fetches the secret the config points to; ask late, and keep it no longer than the connection."""

    def option(self, name: str) -> str:
        """One option that must be there."""
        value = self.options.get(name)
        if not isinstance(value, str) or not value:
            raise Refused(f"The account {self.account!r} needs {name!r} in [account.plugin.options].")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSpec:
    """One provider. What opens something is named as `module:name`, so that nothing large is loaded to know it.

    What stands below `settings` says whose mail is trusted, who signs in and what `setup` asks: only a provider that
    comes with relance may say it.
    """

    name: str
    mailbox: str
    """Called with the settings, it hands out a `Mailbox`."""
    watcher: str = ""
    """The same for a `Watcher`; empty where new mail is noticed by asking."""
    sender: str = ""
    """The same for a `Sender`, resolved behind the outbox alone; `smtp` where the table of that name says who sends."""
    drafts: bool = False
    """Whether a draft can lie in the mailbox."""
    checks: str = ""
    """Called with the settings by `doctor`, it gives a sentence for each thing that is wrong."""
    page: str = ""
    """Called with the own address and a mail, it says where a browser shows it."""
    page_hosts: frozenset[str] = frozenset()
    """The only hosts such a page may lie on, where they are not those of Google and Microsoft."""

    settings: str = ""
    """Called with home and account; a provider of another package gets an `Opening` instead."""
    section: str = ""
    """The table of the config it reads."""
    needs_section: bool = False
    sign_in: Literal["", "google", "microsoft"] = ""
    """Whose tokens let in; over IMAP the account says it."""
    asks: Literal["", "server", "client"] = ""
    """What `setup` asks for; nothing where a person writes the entry."""
    domains: frozenset[str] = frozenset()
    """Addresses that are surely there."""
    vouches: str = ""
    """The name under which its server writes whom it vouches for, the same for everybody."""
    labelled: bool = False
    """Whether a mail's own fields say truly where it was filed."""
    read_only: bool = False
    """A file that nobody writes from."""
    package: str = ""
    """Whose it is, where it does not come with relance; filled in when it is loaded."""
    version: str = ""

    @property
    def foreign(self) -> bool:
        """Whether it comes from another package."""
        return self.name not in BUILT_IN


OPEN_TO_OTHERS = frozenset({
    "name", "mailbox", "watcher", "sender", "drafts", "checks", "page", "page_hosts",
})  # fmt: skip

BUILT_IN: Mapping[str, ProviderSpec] = MappingProxyType({
    spec.name: spec
    for spec in (
        ProviderSpec(
            name="imap", section="imap", needs_section=True, asks="server", drafts=True, sender=BY_SMTP,
            settings="agent.mailboxes.accounts:imap_settings", mailbox="providers.imap.mailbox:ImapMailbox",
            watcher="providers.imap.watch:ImapWatcher", page="providers.webmail:imap_page",
        ),
        ProviderSpec(
            name="gmail", section="gmail", asks="client", sign_in="google", drafts=True,
            settings="agent.mailboxes.clouds:gmail_settings", mailbox="providers.gmail.mailbox:GmailMailbox",
            sender="providers.gmail.sender:GmailSender", page="providers.webmail:gmail_page",
            domains=frozenset({"gmail.com", "googlemail.com"}), vouches="mx.google.com", labelled=True,
        ),
        ProviderSpec(
            name="outlook", section="outlook", asks="client", sign_in="microsoft", drafts=True,
            settings="agent.mailboxes.clouds:outlook_settings", mailbox="providers.outlook.mailbox:OutlookMailbox",
            sender="providers.outlook.sender:OutlookSender", page="providers.webmail:outlook_page",
            domains=frozenset({"outlook.com", "hotmail.com", "live.com", "msn.com"}),
        ),
        # In an archive only the labels of the export itself are read as such.
        ProviderSpec(
            name="archive", section="archive", needs_section=True, labelled=True, read_only=True,
            settings="agent.mailboxes.accounts:archive_path", mailbox="providers.local.archive:ArchiveMailbox",
        ),
        ProviderSpec(
            name="memory", drafts=True, settings="agent.mailboxes.accounts:memory_server",
            mailbox="providers.local.memory:MemoryMailbox",
        ),
    )
})  # fmt: skip


def known(name: str) -> ProviderSpec:
    """What is known of a provider without loading anything; of one from another package only its name."""
    return BUILT_IN.get(name) or ProviderSpec(name=name, mailbox="")


def offered(name: str) -> bool:
    """Whether a provider comes with relance, or an installed package says it has it."""
    return name in BUILT_IN or any(entry.name == name for entry in _entries())


def names() -> list[str]:
    """What a config may name: the providers of relance, and those of installed packages."""
    own = [spec.name for spec in BUILT_IN.values() if spec.section]
    return own + sorted({entry.name for entry in _entries()} - BUILT_IN.keys())


def loaded(name: str) -> ProviderSpec:
    """All that a provider says of itself. Raises where its package cannot be used."""
    return BUILT_IN.get(name) or _plugged(name)


def resolve(place: str) -> Any:
    """What a `module:name` stands for."""
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)


def made(spec: ProviderSpec, place: str, settings: object) -> Any:
    """What a spec names, called with settings; a package that breaks off is named, and no traceback is shown."""
    if not spec.foreign:
        return resolve(place)(settings)
    try:
        return resolve(place)(settings)
    except ProviderError:
        raise
    except (Exception, SystemExit) as problem:
        raise _broken(spec.package, spec.version, spec.name, in_one_line(problem)) from problem


def in_one_line(problem: BaseException) -> str:
    """An error of foreign code on one line."""
    words = str(problem).strip().partition("\n")[0][:MOST_WORDS].rstrip(". ")
    return f"{type(problem).__name__}: {words}" if words else type(problem).__name__


def broke_off(spec: ProviderSpec, problem: BaseException) -> BrokenProviderError:
    """What to say of a package whose code ended in an error it should have turned into one of ours."""
    return BrokenProviderError(f"The package {spec.package} {spec.version} broke off: {in_one_line(problem)}.")


@functools.cache
def _entries() -> tuple[EntryPoint, ...]:
    from importlib.metadata import entry_points

    return tuple(entry_points(group=GROUP))


@functools.cache
def _plugged(name: str) -> ProviderSpec:
    found = [entry for entry in _entries() if entry.name == name]
    if not found:
        raise BrokenProviderError(f"No installed package offers the provider {name!r}.")
    owners = [(entry.dist.name, entry.dist.version) if entry.dist else ("unknown", "") for entry in found]
    if len(found) > 1:
        several = " and ".join(sorted(owner for owner, _ in owners))
        raise BrokenProviderError(f"The provider {name!r} is offered by {several}; keep one of them.")
    package, version = owners[0]
    try:
        spec = found[0].load()
    except (Exception, SystemExit) as problem:
        raise _broken(package, version, name, in_one_line(problem)) from problem
    if not isinstance(spec, ProviderSpec) or spec.name != name:
        raise _broken(package, version, name, "its entry point is no ProviderSpec of that name")
    usual = ProviderSpec(name=name, mailbox="")
    claims = [
        one.name
        for one in fields(spec)
        if one.name not in OPEN_TO_OTHERS and getattr(spec, one.name) != getattr(usual, one.name)
    ]
    if claims:
        raise _broken(package, version, name, f"it sets {', '.join(claims)}, which only relance's own providers may")
    return replace(spec, package=package, version=version)


def _broken(package: str, version: str, name: str, why: str) -> BrokenProviderError:
    return BrokenProviderError(f"The package {package} {version} cannot be used for the provider {name!r}: {why}.")
