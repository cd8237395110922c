"""The config file as typed values with every default in one place; never holds a secret and never guesses a key."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from agent.config_errors import explain, read_toml
from agent.errors import ConfigError

Level = Literal["manual", "copilot", "autopilot"]
Workday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"(\d{1,6})\s*([smhd])", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('write a duration such as "30s", "10m", "2h" or "1d"')
    return timedelta(seconds=int(match[1]) * UNITS[match[2]])


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise ValueError('write a time zone such as "Europe/Paris"') from problem
    return value


def _hours(value: str) -> str:
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", value)
    if match is None or (match[1], match[2]) >= (match[3], match[4]):
        raise ValueError('write hours such as "09:00-18:00"')
    return value


def _address(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>\"(),:;\\]{1,64}@[^@\s<>\"(),:;\\]{1,255}", value):
        raise ValueError('write a plain address such as "sam@example.org"')
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Zone = Annotated[str, AfterValidator(_zone)]
Hours = Annotated[str, AfterValidator(_hours)]
MailAddress = Annotated[str, AfterValidator(_address)]


class Section(BaseModel):
    """A table of the file; keys it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Secret(Section):
    """Where a secret is found; never the secret itself."""

    keyring: Literal[True] | None = None
    command: list[str] | None = Field(default=None, min_length=1)
    env: str | None = Field(default=None, min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _no_plain_text(cls, value: object) -> object:
        if isinstance(value, str):
            raise ValueError(  # noqa: TRY004 (pydantic reports ValueErrors)
                "a secret in plain text is refused: write { keyring = true }, "
                '{ command = ["pass", "show", "mail"] } or { env = "NAME" }'
            )
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> Secret:
        if sum(choice is not None for choice in (self.keyring, self.command, self.env)) != 1:
            raise ValueError("name exactly one of keyring, command and env")
        return self


class Person(Section):
    """The person relance writes for."""

    name: str = ""
    timezone: Zone | None = None
    holidays: str | None = None
    holidays_for: dict[str, str] = Field(default_factory=dict)
    working_hours: Hours = "09:00-18:00"
    workdays: list[Workday] = Field(default=["mon", "tue", "wed", "thu", "fri"], min_length=1)


class Imap(Section):
    host: str
    port: int = Field(default=993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str = ""
    password: Secret | None = None


class Smtp(Section):
    host: str
    port: int = Field(default=465, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str = ""
    password: Secret | None = None
    files_sent_copy: Literal["auto", "yes", "no"] = "auto"


class Gmail(Section):
    client_id: str = ""
    client_secret: Secret | None = None
    endpoint: str | None = None


class Outlook(Section):
    client_id: str = ""
    tenant: str = "common"
    authority: str | None = None
    graph_url: str | None = None


class Archive(Section):
    path: Path


class Account(Section):
    """One mailbox of the person."""

    name: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")
    provider: Literal["imap", "gmail", "outlook", "archive", "memory"]
    address: MailAddress
    aliases: list[MailAddress] = Field(default_factory=list)
    imap: Imap | None = None
    smtp: Smtp | None = None
    gmail: Gmail | None = None
    outlook: Outlook | None = None
    archive: Archive | None = None

    @model_validator(mode="after")
    def _has_its_table(self) -> Account:
        if self.provider in {"imap", "archive"} and getattr(self, self.provider) is None:
            raise ValueError(f'provider "{self.provider}" needs a table [account.{self.provider}]')
        return self


class Followups(Section):
    plan: str = "nudge"
    max_age_days: int = Field(default=60, ge=1, le=3650)
    drafts: Literal["local", "mailbox"] = "local"


class Scope(Section):
    """An autonomy level for part of the mail."""

    account: str | None = None
    label: str | None = None
    plan: str | None = None
    domain: str | None = None
    person: MailAddress | None = None
    thread: str | None = None
    level: Level

    @model_validator(mode="after")
    def _one_place(self) -> Scope:
        named = (self.account, self.label, self.plan, self.domain, self.person, self.thread)
        if sum(place is not None for place in named) != 1:
            raise ValueError("name exactly one of account, label, plan, domain, person and thread")
        return self


class Gate(Section):
    level: Level = "manual"
    hold_approved: Annotated[Duration, Field(ge=timedelta(seconds=10))] = timedelta(seconds=30)
    hold_autopilot: Annotated[Duration, Field(ge=timedelta(seconds=60))] = timedelta(minutes=10)
    per_day: int = Field(default=20, ge=0, le=100)
    per_hour: int = Field(default=5, ge=0, le=100)
    per_person_hours: int = Field(default=24, ge=24)
    per_thread: int = Field(default=3, ge=0, le=3)
    scope: list[Scope] = Field(default_factory=list)


class Model(Section):
    """An OpenAI-compatible endpoint; without this table the phrasebook writes."""

    base_url: str
    name: str
    api_key: Secret | None = None
    egress: Literal["off", "local", "remote"] = "local"
    spend_per_day: str | None = Field(default=None, pattern=r"^\d+(\.\d+)? [A-Z]{3}$")
    price_in: float | None = Field(default=None, ge=0)
    price_out: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _cap_needs_prices(self) -> Model:
        if self.spend_per_day and (self.price_in is None or self.price_out is None):
            raise ValueError("spend_per_day needs price_in and price_out, in the same currency per million tokens")
        return self


class Storage(Section):
    url: str = "sqlite"
    encrypt: bool = True
    keep_days: int = Field(default=365, ge=30)

    @model_validator(mode="after")
    def _known_store(self) -> Storage:
        if self.url != "sqlite":
            raise ValueError('only url = "sqlite" is supported so far')
        return self


class Config(Section):
    """The whole file."""

    me: Person = Field(default_factory=Person)
    account: list[Account] = Field(default_factory=list)
    followups: Followups = Field(default_factory=Followups)
    gate: Gate = Field(default_factory=Gate)
    model: Model | None = None
    storage: Storage = Field(default_factory=Storage)
    plans: dict[str, dict[str, Any]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_differ(self) -> Config:
        names = [account.name for account in self.account]
        if len(set(names)) != len(names):
            raise ValueError("two accounts have the same name")
        return self

    def account_named(self, name: str) -> Account:
        """The account of that name, or an error that lists the names there are."""
        for account in self.account:
            if account.name == name:
                return account
        known = ", ".join(account.name for account in self.account) or "none yet"
        raise ConfigError(f"There is no account called {name!r}.", hint=f"Known accounts: {known}.")


def load(file: Path) -> Config:
    """Read and check the file."""
    return parse(read_toml(file), file)


def parse(text: str, file: Path) -> Config:
    """Check a config text; `file` only names it in errors."""
    from agent.config_errors import toml_table

    table = toml_table(text, file)
    try:
        return Config.model_validate(table)
    except ValidationError as problem:
        raise explain(problem, text, file, Config) from None
