"""One person's relance on this machine: places, config, secrets and the store, opened when first asked for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from agent import config as configuration
from agent.clock import Clock, system_now
from agent.common.person import own_addresses, servers_named
from agent.config import Config
from agent.paths import Places, places
from agent.secrets import Vault, database_key
from agent.store.base.engine import Store
from agent.store.mail.emptied_texts import inherit
from agent.store.mail.origins import settle
from providers.local.memory import MemoryServer


class Home:
    """Closes what it opened when left."""

    def __init__(self, where: Places, *, clock: Clock = system_now, keyring: bool = True) -> None:
        self.places = where
        self.clock = clock
        self.vault = Vault(where, keyring=keyring)
        self.servers: dict[str, MemoryServer] = {}
        """Mailboxes in memory by account name; the demo and the tests fill them."""

    @classmethod
    def usual(cls, config_file: Path | None = None) -> Home:
        """Where this user's relance lives."""
        return cls(places(config_file))

    @cached_property
    def config(self) -> Config:
        return configuration.load(self.places.config_file)

    @cached_property
    def store(self) -> Store:
        # The config comes first: without one nothing is made, no key in a keyring either.
        config = self.config
        made = Store(self.places, database_key(self.vault) or "", encrypt=config.storage.encrypt, clock=self.clock)
        inherit(made)
        settle(made, own_addresses(config), servers_named(config))
        return made

    def changed(self) -> None:
        """The config was written anew: read it again, and have the store know the own addresses it names."""
        self.__dict__.pop("config", None)
        if "store" in self.__dict__:
            settle(self.store, own_addresses(self.config), servers_named(self.config))

    @cached_property
    def zone(self) -> ZoneInfo:
        """The person's own time zone."""
        if self.config.me.timezone:
            return ZoneInfo(self.config.me.timezone)
        from tzlocal import get_localzone

        return get_localzone()

    def close(self) -> None:
        if "store" in self.__dict__:
            self.store.close()
            del self.__dict__["store"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
