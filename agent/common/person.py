"""The person relance writes for, from the config; never a second list of own addresses."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from agent.config import Account, Config
from agent.decide.values import Me
from agent.store.mail.origins import KnownServer
from providers.registry import BUILT_IN, known

GOOGLE = frozenset({"imap.gmail.com", "imap.googlemail.com"})
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def me_of(config: Config, zone: ZoneInfo) -> Me:
    """Addresses of every account, hours and holidays."""
    starts, ends = (time.fromisoformat(part) for part in config.me.working_hours.split("-"))
    return Me(
        name=config.me.name,
        addresses=tuple(account.address for account in config.account),
        aliases=tuple(alias for account in config.account for alias in account.aliases),
        zone=zone.key,
        workdays=frozenset(DAYS.index(day) for day in config.me.workdays),
        starts=starts,
        ends=ends,
        holidays=config.me.holidays or "",
        holidays_for=tuple(config.me.holidays_for.items()),
    )


def own_addresses(config: Config) -> list[str]:
    """Every address of every account."""
    return [address for account in config.account for address in (account.address, *account.aliases)]


def servers_named(config: Config) -> dict[str, KnownServer]:
    """The own servers nobody has to learn: those the config names, and Google's.

    Exchange writes no name, so that only its mail itself can show that it writes on all of it.
    """
    found = {account.name: _server(account) for account in config.account}
    return {name: kept for name, kept in found.items() if kept.how}


def _server(account: Account) -> KnownServer:
    host = account.imap.host.lower() if account.imap else ""
    spec, google = known(account.provider), host in GOOGLE
    usual = BUILT_IN["gmail"].vouches if google else spec.vouches
    labelled = google or spec.labelled
    if account.authserv_id:
        return KnownServer(account.authserv_id.lower(), labelled, "config")
    return KnownServer(usual, labelled, "provider" if usual or labelled else "")
