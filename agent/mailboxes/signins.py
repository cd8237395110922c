"""What is known of the sign-ins without asking anybody: whether they cover what is wanted, and when they end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from agent.config import Account, Config
from providers import registry
from providers.oauth import signin as oauth

if TYPE_CHECKING:
    from agent.common.home import Home

ORDER = ("manual", "copilot", "autopilot")
SCOPES = {"google": oauth.google_scopes, "microsoft": oauth.microsoft_scopes}
CAN_SEND = (
    "Google has no permission that writes drafts and cannot send: this sign-in could send. At level manual relance "
    "opens no sending connection all the same."
)


@dataclass(frozen=True, slots=True)
class SignInNote:
    """One thing to know about one sign-in."""

    account: str
    state: Literal["ok", "warn", "fail"]
    words: str
    hint: str = ""


def vault_name(account: Account) -> str:
    """Where the sign-in of an account is kept."""
    return f"{account.name}.sign-in"


def kind_of(account: Account) -> str:
    """Whose sign-in an account needs: google, microsoft, or nobody's."""
    spec = registry.known(account.provider)
    return spec.sign_in or getattr(getattr(account, spec.section, None), "oauth", None) or ""


def highest_level(config: Config, chosen: tuple[str, ...] = ()) -> str:
    """The most any scope allows, in the config or chosen since; it decides which permissions are asked for."""
    return max((config.gate.level, *(scope.level for scope in config.gate.scope), *chosen), key=ORDER.index)


def chosen_levels(home: Home) -> tuple[str, ...]:
    """What was chosen since the config was written."""
    if not home.places.database.exists():
        return ()
    from agent.store.work import budgets

    with home.store.read() as connection:
        return tuple(rule.level.value for rule in budgets.level_rules(connection))


def scopes_for(config: Config, account: Account, chosen: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The least permissions that do."""
    level: oauth.Level = "manual" if highest_level(config, chosen) == "manual" else "copilot"
    ask = SCOPES.get(registry.known(account.provider).sign_in)
    if ask is None:
        return oauth.imap_scopes(kind_of(account), level)
    return ask(level, drafts_in_mailbox=config.followups.drafts == "mailbox")


def notes(
    config: Config, get: Callable[[str], str | None], now: datetime, chosen: tuple[str, ...] = ()
) -> Iterator[SignInNote]:
    """What to say about each account that is signed in by a token; `get` reads the vault."""
    for account in config.account:
        if kind_of(account):
            yield _note(config, account, get(vault_name(account)), now, chosen)
        words = no_way_out(account)
        if words and highest_level(config, chosen) != "manual":
            yield SignInNote(account.name, "warn", words)


def _note(config: Config, account: Account, stored: str | None, now: datetime, chosen: tuple[str, ...]) -> SignInNote:
    name, again = account.name, f"`relance setup --name {account.name}`"
    kept = oauth.loads(stored)
    if kept is None:
        return SignInNote(name, "fail", "Nobody is signed in yet.", again)
    if kept.dead:
        return SignInNote(name, "fail", kept.dead, again)
    scopes = scopes_for(config, account, chosen)
    if not oauth.covers(stored, scopes):
        missing = ", ".join(sorted(one.strip("/").rpartition("/")[2] for one in set(scopes) - set(kept.scopes)))
        return SignInNote(name, "warn", f"The sign-in does not allow yet what your level needs: {missing}.", again)
    warning = oauth.token_age_warning(stored, now)
    if warning:
        return SignInNote(name, "warn", warning, again)
    manual = registry.known(account.provider).sign_in == "google" and highest_level(config, chosen) == "manual"
    may_send = manual and set(scopes) == set(oauth.GOOGLE_WRITE)
    return SignInNote(name, "ok", CAN_SEND if may_send else "The sign-in covers what your level needs.")


def lacking(config: Config, get: Callable[[str], str | None], level: str) -> str:
    """Whose sign-in does not cover a level that is being chosen, as a sentence; empty when all do."""
    lacks = [
        account.name
        for account in config.account
        if kind_of(account) and not oauth.covers(get(vault_name(account)), scopes_for(config, account, (level,)))
    ]
    names = " and ".join(f"`relance setup --name {name}`" for name in lacks)
    said = [f"Sign in again, or nothing can leave: {names}."] if lacks else []
    return " ".join([*said, *filter(None, map(no_way_out, config.account))]) if level != "manual" else ""


def no_way_out(account: Account) -> str:
    """What is missing for a mail to leave, and what adds it; empty where nothing is."""
    name, spec = account.name, registry.known(account.provider)
    if spec.foreign:
        from agent.mailboxes import foreign

        return foreign.no_way_out(account)
    if spec.sender != registry.BY_SMTP or account.smtp is not None:
        return ""
    return f"Nothing can leave from {name}: it has no SMTP server yet, and `relance setup --name {name}` asks for it."


def warnings(config: Config, get: Callable[[str], str | None], now: datetime) -> dict[str, str]:
    """By account, what a person should hear before it is too late."""
    return {note.account: f"{note.words} {note.hint}".strip() for note in notes(config, get, now) if note.state != "ok"}
