"""Says whether the configured model can be asked, and what stands in its way; no text of the user leaves for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from agent.common.home import Home
from agent.config import Config
from agent.errors import RelanceError
from agent.models.asking import endpoint_for, ledger_for, midnight
from agent.store.work import model_calls
from voice.model.egress import Egress, loopback, policy
from voice.model.endpoint import Endpoint, Failed, models

UNTIL_THEN = "until then the phrasebook writes, and each draft says so."
MOST_NAMES = 8
"""Models named in one line, so that a misspelt one is recognised."""


@dataclass(frozen=True, slots=True)
class ModelFinding:
    """One thing about the model."""

    state: Literal["ok", "warn", "fail"]
    words: str
    hint: str = ""


def doubts(config: Config) -> list[str]:
    """What in the table [model] can be right in itself and still never work."""
    if config.model is None:
        return []
    found = policy(Egress(config.model.egress), config.model.base_url)
    refusal = "" if found.egress is Egress.OFF and found.host else found.refusal(config.model.base_url)
    return (
        [f"model.base_url: {found.host or 'the address'} is never asked: {refusal}. {_cure(found.host)}"]
        if refusal
        else []
    )


def _cure(host: str) -> str:
    if not host:
        return 'Write an address such as "http://127.0.0.1:11434/v1".'
    return 'Write https and egress = "remote" if your text may go there, or name an endpoint on this machine.'


def check(home: Home) -> Iterator[ModelFinding]:
    """One line for each thing worth knowing."""
    model = home.config.model
    if model is None:
        yield ModelFinding("ok", "none configured: the phrasebook writes")
        return
    if model.egress == "off":
        yield ModelFinding("ok", f"{model.name} is configured, egress is off: the phrasebook writes")
        return
    known = doubts(home.config)
    if known:
        yield ModelFinding("warn", known[0])
        return
    try:
        endpoint = endpoint_for(home)
    except RelanceError as problem:
        yield ModelFinding("fail", problem.message, problem.hint)
        return
    assert endpoint is not None
    yield from _asked(home, endpoint)


def _asked(home: Home, endpoint: Endpoint) -> Iterator[ModelFinding]:
    place = endpoint.policy.host
    try:
        names = models(endpoint)
    except Failed as problem:
        yield ModelFinding("warn", f"{place}: {problem}.", f"Start it, or mend base_url, name or api_key; {UNTIL_THEN}")
        return
    if endpoint.name not in names:
        offered = ", ".join(names[:MOST_NAMES]) or "none at all"
        yield ModelFinding(
            "warn", f"{place} does not offer {endpoint.name!r}; it has {offered}.", f"Mend name; {UNTIL_THEN}"
        )
        return
    goes = "text stays on this machine" if loopback(place) else f"text leaves this machine for {place}"
    yield ModelFinding("ok", f"{endpoint.name} at {place} answers; {goes}{_spent(home)}")


def _spent(home: Home) -> str:
    model, cap = home.config.model, ledger_for(home).cap.most
    if model is None or cap is None or not home.places.database.exists():
        return ""
    with home.store.read() as connection:
        spent = model_calls.spent(connection, midnight(home))
    return f"; {spent.normalize():f} of {cap} {model.currency} spent today"
