"""The person relance writes for, from the config; never a second list of own addresses."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from agent.config import Config
from agent.decide.values import Me
from providers.base import Mail

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


def is_own(mail: Mail, me: Me) -> bool:
    """Whether the mail claims to be the person's own."""
    return mail.sender is not None and mail.sender.key in me.keys
