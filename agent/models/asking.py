"""Builds what asks a model, from config, vault and egress rules: the one place that does;
a scope or a delicate matter can only narrow what the config allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from agent import logs
from agent.common.home import Home
from agent.config import Config, Model
from agent.decide.gate.levels import Kind, Scope, ScopePlace, concerns
from agent.decide.reading.sensitive import sensitive
from agent.decide.threads.threads import Thread
from agent.errors import RelanceError
from agent.secrets import resolve
from agent.store.work import model_calls
from providers.base import ProviderError
from voice.brief import Brief, Drafted, Writer
from voice.model.egress import Egress, strictest
from voice.model.endpoint import Endpoint, never, silent
from voice.model.ledger import Cap, Entry, OverBudget, Price
from voice.writing.phrasebook import Phrasebook

if TYPE_CHECKING:
    from voice.learning.corpus import OwnMail
    from voice.learning.profile import Profile

MOST_TEXT = 20_000
"""Characters of each mail that are searched for delicate matters; as many as judging reads."""
IN_A_ROW = 2
"""After so many failures the rest of a round does not wait for the endpoint again."""


@dataclass(slots=True)
class StoreLedger:
    """Calls written to the store, before and after."""

    home: Home
    followup: int = 0
    cap: Cap = field(default_factory=Cap)

    def begin(self, entry: Entry) -> int:
        since = midnight(self.home)
        try:
            with self.home.store.write() as change:
                return model_calls.begin(change, entry, self.followup, self.cap, since)
        except RelanceError as problem:
            raise OverBudget(f"the ledger cannot be written ({type(problem).__name__})") from problem

    def end(self, number: int, entry: Entry) -> None:
        try:
            with self.home.store.write() as change:
                model_calls.end(change, number, entry, self.followup)
        except RelanceError as problem:
            # The row says "asking" and counts with all it may have cost.
            logs.note("ledger.unfinished", error=type(problem).__name__)


def midnight(home: Home) -> datetime:
    """When the person's own day began."""
    return home.clock().astimezone(home.zone).replace(hour=0, minute=0, second=0, microsecond=0)


def egress_for(config: Config, place: ScopePlace, topic: str = "") -> tuple[Egress, str]:
    """How far text of this matter may go, and why that is less than the config's `egress`."""
    assert config.model is not None
    usual = Egress(config.model.egress)
    found, why = usual, ""
    for entry in config.model.scope:
        scope = next(Scope(kind, value) for kind in Kind if (value := getattr(entry, kind.value, None)))
        if concerns(scope, place) and Egress(entry.egress).rank < found.rank:
            found, why = Egress(entry.egress), f"egress is {entry.egress} for {scope.kind.value} {scope.value}"
    if topic and strictest(found, Egress.LOCAL) is not found:
        found, why = Egress.LOCAL, "a delicate matter does not leave this machine"
    return found, why


def endpoint_for(home: Home, place: ScopePlace = ScopePlace(), topic: str = "") -> Endpoint | None:  # noqa: B008 (a frozen value)
    """Where the model answers for this matter; None without [model]. Raises where its key cannot be had."""
    model = home.config.model
    if model is None:
        return None
    egress, why = egress_for(home.config, place, topic)
    secret = resolve(model.api_key, "model.api_key", home.vault) if model.api_key else ""
    seconds = model.timeout.total_seconds()
    return Endpoint(
        model.base_url, model.name, secret, egress, why, read_seconds=min(seconds, 120.0), total_seconds=seconds
    )


def ledger_for(home: Home, followup: int = 0) -> StoreLedger:
    """The ledger of this home, with the day's cap."""
    model = home.config.model
    assert model is not None
    return StoreLedger(home, followup, cap_of(model))


def cap_of(model: Model) -> Cap:
    """What the config says of money."""
    most = Decimal(model.spend_per_day.split()[0]) if model.spend_per_day else None
    return Cap(most, Price(Decimal(str(model.price_in or 0)), Decimal(str(model.price_out or 0))))


def topic_of(thread: Thread) -> str:
    """What is delicate about a thread; empty where nothing is."""
    return sensitive([mail.text[:MOST_TEXT] for mail in thread.mails])[0]


@dataclass(frozen=True, slots=True)
class Instead:
    """The phrasebook, saying why the model did not write."""

    reason: str
    writer: Writer = field(default_factory=Phrasebook)

    def write(self, brief: Brief, profile: Profile) -> Drafted:
        from voice.model.writer import without_model

        return without_model(self.writer, brief, profile, self.reason)


@dataclass(slots=True)
class Writers:
    """Hands out the writer for each matter; reads the own mails once, when the first model is asked."""

    home: Home
    mails: Callable[[], Sequence[OwnMail]] = tuple
    hear: Callable[[str], None] = silent
    cancelled: Callable[[], bool] = never
    lost: list[str] = field(default_factory=list)
    """What went wrong with the endpoint since it last answered."""

    def __call__(self, place: ScopePlace, thread: Thread, followup: int = 0) -> Writer:
        if self.home.config.model is None:
            return Phrasebook()
        if len(self.lost) >= IN_A_ROW:
            return Instead(f"{self.lost[-1]} a moment ago")
        topic = topic_of(thread)
        try:
            endpoint = endpoint_for(self.home, place, topic)
        except (RelanceError, ProviderError) as problem:
            return Instead(str(problem).rstrip("."))
        assert endpoint is not None
        from voice.model.writer import ModelWriter

        return ModelWriter(
            endpoint, self.mails, may=lambda mail: lendable(self.home.config, mail, endpoint),
            ledger=ledger_for(self.home, followup), hear=self.hear, cancelled=self.cancelled, lost=self.lost,
        )  # fmt: skip


def lendable(config: Config, mail: OwnMail, endpoint: Endpoint) -> bool:
    """An example is text too: one to a person whose mail stays here does not go there, nor a delicate one."""
    topic = sensitive([mail.text])[0] if endpoint.egress is Egress.REMOTE else ""
    rules = [egress_for(config, ScopePlace(person=person), topic)[0] for person in mail.to or ("",)]
    return strictest(*rules).rank >= endpoint.egress.rank
