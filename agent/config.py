"""The config file as typed values with every default in one place; never holds a secret and never guesses a key."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# pydantic would take longer to import than `status` may take as a whole.
import msgspec
from msgspec import Meta, Struct, field

from agent.address_forms import ADDRESS, DOMAIN, MESSAGE_ID
from agent.config_errors import explain, read_toml, toml_table
from agent.errors import ConfigError
from agent.preferred_times import days_of, hours_of
from providers import registry

Level = Literal["manual", "copilot", "autopilot"]
Workday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SECRET_WORDS = re.compile(r"password|passwd|secret|token|api_?key")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
BASE_URL = re.compile(r"https?://[^\s/?#@]{1,255}(?:/[^\s?#]{0,500})?")
HTTPS = re.compile(r"https://[^\s/?#@]{1,255}(?:[/?][^\s#]{0,2000})?")
PLAN_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MOST_PLANS = 200
"""Files that are looked at; each is read with every command."""
HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")

Port = Annotated[int, Meta(ge=1, le=65535)]
Security = Literal["tls", "starttls", "none"]


class Duration(timedelta):
    """Written as a number and a unit: 30s, 10m, 2h, 1d."""


class Section(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A table of the file; keys it does not know are refused."""


class Secret(Section, frozen=True):
    """Where a secret is found; never the secret itself."""

    keyring: Literal[True] | None = None
    command: Annotated[list[str], Meta(min_length=1)] | None = None
    env: Annotated[str, Meta(min_length=1)] | None = None

    def __post_init__(self) -> None:
        if sum(choice is not None for choice in (self.keyring, self.command, self.env)) != 1:
            raise ValueError("name exactly one of keyring, command and env")


class Person(Section, frozen=True):
    """The person relance writes for."""

    name: str = ""
    timezone: str | None = None
    holidays: str | None = None
    holidays_for: dict[str, str] = field(default_factory=dict)
    working_hours: str = "09:00-18:00"
    workdays: Annotated[list[Workday], Meta(min_length=1)] = field(
        default_factory=lambda: ["mon", "tue", "wed", "thu", "fri"]
    )

    def __post_init__(self) -> None:
        if self.timezone is not None:
            _zone(self.timezone)
        match = HOURS.fullmatch(self.working_hours)
        if match is None or (match[1], match[2]) >= (match[3], match[4]):
            raise ValueError('working_hours: write hours such as "09:00-18:00"')


def _zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise ValueError('timezone: write a time zone such as "Europe/Paris"') from problem


def _address(key: str, value: str) -> None:
    if not ADDRESS.fullmatch(value):
        raise ValueError(f'{key}: write a plain address such as "sam@example.org"')


class Imap(Section, frozen=True):
    host: str
    port: Port = 993
    security: Security = "tls"
    user: str = ""
    password: Secret | None = None
    oauth: Literal["google", "microsoft"] | None = None


class Smtp(Section, frozen=True):
    host: str
    port: Port = 465
    security: Security = "tls"
    user: str = ""
    password: Secret | None = None
    files_sent_copy: Literal["auto", "yes", "no"] = "auto"


class Gmail(Section, frozen=True):
    client_id: str = ""
    client_secret: Secret | None = None
    endpoint: str | None = None
    authority: str | None = None


class Outlook(Section, frozen=True):
    client_id: str = ""
    tenant: str = "common"
    authority: str | None = None
    graph_url: str | None = None


class Archive(Section, frozen=True):
    path: Path


class Plugin(Section, frozen=True):
    """What a provider of another package wants to know."""

    options: dict[str, str | int | bool] = field(default_factory=dict)
    secret: Secret | None = None

    def __post_init__(self) -> None:
        for name in self.options:
            if SECRET_WORDS.search(name.lower()):
                raise ValueError(f"options: {name!r} sounds like a secret; point `secret` to it instead")


class Account(Section, frozen=True):
    """One mailbox of the person."""

    name: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")]
    provider: str
    address: str
    aliases: list[str] = field(default_factory=list)
    authserv_id: Annotated[str, Meta(max_length=255, pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$")] | None = (
        None
    )
    """The name under which the own mail server writes what it found about a sender; learned where it is left out."""
    imap: Imap | None = None
    smtp: Smtp | None = None
    gmail: Gmail | None = None
    outlook: Outlook | None = None
    archive: Archive | None = None
    plugin: Plugin | None = None
    sender: str = ""
    """The provider again, where it comes from another package and may send as well."""

    def __post_init__(self) -> None:
        spec = registry.known(self.provider)
        if not registry.offered(self.provider):
            there = f'no provider "{self.provider}"; installed: {", ".join(registry.names())}'
            raise ValueError(f"provider: {there}. Install the package that brings it, or mend the name")
        _address("address", self.address)
        for alias in self.aliases:
            _address("aliases", alias)
        if spec.needs_section and getattr(self, spec.section) is None:
            raise ValueError(f'provider: "{self.provider}" needs a table [account.{spec.section}]')
        if self.sender and not spec.foreign:
            raise ValueError(f'sender: only a provider of another package is named here; "{spec.name}" needs no leave')
        if self.sender not in {"", self.provider}:
            raise ValueError(f'sender: write "{self.provider}", or leave it out and nothing is sent')


class Followups(Section, frozen=True):
    plan: str = "nudge"
    max_age_days: Annotated[int, Meta(ge=1, le=3650)] = 60
    drafts: Literal["local", "mailbox"] = "local"
    begins_per_day: Annotated[int, Meta(ge=0, le=100)] = 10
    """How many plans rules may begin in a day (`begin_when`)."""


class PartOfMail(Section, frozen=True):
    """A part of the mail; exactly one key says which."""

    account: str | None = None
    label: str | None = None
    plan: str | None = None
    domain: str | None = None
    person: str | None = None
    thread: str | None = None

    def __post_init__(self) -> None:
        named = (self.account, self.label, self.plan, self.domain, self.person, self.thread)
        if sum(place is not None for place in named) != 1:
            raise ValueError("name exactly one of account, label, plan, domain, person and thread")
        if self.person is not None:
            _address("person", self.person)
        if self.domain is not None and not DOMAIN.fullmatch(self.domain):
            raise ValueError('domain: write a plain domain such as "acme.example"')
        if self.thread is not None and not MESSAGE_ID.fullmatch(self.thread):
            raise ValueError('thread: write a Message-ID with its brackets, such as "<a1@example.org>"')


class ScopeLevel(PartOfMail, frozen=True, kw_only=True):
    """An autonomy level for part of the mail."""

    level: Level


class Gate(Section, frozen=True):
    level: Level = "manual"
    hold_approved: Duration = Duration(seconds=30)
    hold_autopilot: Duration = Duration(minutes=10)
    per_day: Annotated[int, Meta(ge=0, le=100)] = 20
    per_hour: Annotated[int, Meta(ge=0, le=100)] = 5
    per_person_hours: Annotated[int, Meta(ge=24)] = 24
    per_thread: Annotated[int, Meta(ge=0, le=3)] = 3
    scope: list[ScopeLevel] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.hold_approved < timedelta(seconds=10):
            raise ValueError("hold_approved: it must be at least 10s, or undo means nothing")
        if self.hold_autopilot < timedelta(seconds=60):
            raise ValueError("hold_autopilot: it must be at least 60s, or undo means nothing")


class MonthlyCaps(Section, frozen=True):
    """How many letters one person, and all of one organisation together, may get in 30 days."""

    per_person_month: Annotated[int, Meta(ge=1, le=100)] = 4
    per_organisation_month: Annotated[int, Meta(ge=1, le=1000)] = 10


class Timing(Section, frozen=True):
    """When letters leave rather, where the other side lives; a plan may say so for itself."""

    prefer_days: list[Workday] | None = None
    prefer_hours: str = ""

    def __post_init__(self) -> None:
        if self.prefer_days is not None:
            days_of(self.prefer_days)
        if self.prefer_hours:
            hours_of(self.prefer_hours)


class ModelScope(PartOfMail, frozen=True, kw_only=True):
    """How far the text of part of the mail may go; it can narrow `egress`, never widen it."""

    egress: Literal["off", "local", "remote"]


class Model(Section, frozen=True):
    """An OpenAI-compatible endpoint; without this table the phrasebook writes."""

    base_url: str
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    api_key: Secret | None = None
    egress: Literal["off", "local", "remote"] = "local"
    timeout: Duration = Duration(seconds=120)
    spend_per_day: Annotated[str, Meta(pattern=r"^\d{1,9}(\.\d{1,6})? [A-Z]{3}$")] | None = None
    price_in: Annotated[float, Meta(ge=0)] | None = None
    price_out: Annotated[float, Meta(ge=0)] | None = None
    scope: list[ModelScope] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not BASE_URL.fullmatch(self.base_url):
            raise ValueError('base_url: write an address such as "http://127.0.0.1:11434/v1", without a password in it')
        if self.spend_per_day and (self.price_in is None or self.price_out is None):
            raise ValueError("spend_per_day: it needs price_in and price_out, in the same currency per million tokens")
        if self.spend_per_day and not (self.price_in or self.price_out):
            raise ValueError("spend_per_day: with both prices 0 nothing would ever count; remove it or set the prices")
        if not timedelta(seconds=1) <= self.timeout <= timedelta(minutes=30):
            raise ValueError("timeout: write between 1s and 30m")

    @property
    def currency(self) -> str:
        """The user's, as far as the cap names one."""
        return self.spend_per_day.split()[1] if self.spend_per_day else ""


class LetterStyle(Section, frozen=True):
    """What the mails look like that relance sends."""

    auto_submitted: bool = True
    quote: bool = False


class Notify(Section, frozen=True):
    """How the user is told that something needs them."""

    desktop: bool = False


class OwnCalendarFile(Section, frozen=True):
    """The user's own calendar, which is only read."""

    ics: str = ""

    def __post_init__(self) -> None:
        if "://" in self.ics and not HTTPS.fullmatch(self.ics):
            raise ValueError("ics: write the path of a file, or an address that begins with https://")


class Storage(Section, frozen=True):
    url: str = "sqlite"
    encrypt: bool = True
    keep_days: Annotated[int, Meta(ge=30)] = 365

    def __post_init__(self) -> None:
        if self.url != "sqlite":
            raise ValueError('url: only "sqlite" is supported so far')


class Config(Section, frozen=True):
    """The whole file."""

    me: Person = field(default_factory=Person)
    account: list[Account] = field(default_factory=list)
    followups: Followups = field(default_factory=Followups)
    gate: Gate = field(default_factory=Gate)
    budgets: MonthlyCaps = field(default_factory=MonthlyCaps)
    timing: Timing = field(default_factory=Timing)
    letter: LetterStyle = field(default_factory=LetterStyle)
    model: Model | None = None
    notify: Notify = field(default_factory=Notify)
    calendar: OwnCalendarFile = field(default_factory=OwnCalendarFile)
    storage: Storage = field(default_factory=Storage)
    plans: dict[str, dict[str, object]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [account.name for account in self.account]
        if len(set(names)) != len(names):
            raise ValueError("account: two accounts have the same name")

    def account_named(self, name: str) -> Account:
        """The account of that name, or an error that lists the names there are."""
        for account in self.account:
            if account.name == name:
                return account
        known = ", ".join(account.name for account in self.account) or "none yet"
        raise ConfigError(f"There is no account called {name!r}.", hint=f"Known accounts: {known}.")


def load(file: Path) -> Config:
    """Read and check the file, and the plans that lie beside it in files of their own."""
    config = parse(read_toml(file), file)
    own = plan_files(file.parent)
    twice = next((name for name in own if name in config.plans), None)
    if twice is not None:
        said = f"There are two plans called {twice!r}: {own_plan(file.parent, twice)} and [plans.{twice}] in {file}."
        raise ConfigError(said, hint="Remove one of them, or give it another name.")
    return msgspec.structs.replace(config, plans={**own, **config.plans}) if own else config


def own_plan(folder: Path, name: str) -> Path:
    """Where a plan of the user's lies in a file of its own."""
    return folder / "plans" / f"{name}.toml"


def plan_files(folder: Path) -> dict[str, dict[str, object]]:
    """The tables of the plans in files of their own, by name."""
    files = sorted((folder / "plans").glob("*.toml"))[:MOST_PLANS]
    strange = next((file for file in files if not PLAN_NAME.fullmatch(file.stem)), None)
    if strange is not None:
        raise ConfigError(
            f"{strange} cannot be a plan.", hint="A plan is named in lower case: letters, digits and hyphens."
        )
    return {file.stem: toml_table(read_toml(file), file) for file in files}


def parse(text: str, file: Path) -> Config:
    """Check a config text; `file` only names it in errors."""
    table = toml_table(text, file)
    try:
        return msgspec.convert(table, Config, dec_hook=_decode)
    except msgspec.ValidationError as problem:
        raise explain(str(problem), text, file, Config) from None


def _decode(kind: type, value: object) -> object:
    if kind is Duration:
        match = re.fullmatch(r"(\d{1,6})\s*([smhd])", value) if isinstance(value, str) else None
        if match is None:
            raise ValueError('write a duration such as "30s", "10m", "2h" or "1d"')
        return Duration(seconds=int(match[1]) * UNITS[match[2]])
    if kind is Path and isinstance(value, str):
        return Path(value)
    if kind is object:
        # What a plan may hold is said by whoever reads it.
        return value
    raise ValueError(f"write a {kind.__name__.lower()}")


def as_table(section: Section) -> dict[str, object]:
    """A section as it would stand in the file, without what is default."""
    table: dict[str, object] = msgspec.to_builtins(section, enc_hook=str)
    return table
