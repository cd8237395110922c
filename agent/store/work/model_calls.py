"""What was asked of a model, written before text leaves and completed after; never holds the text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from sqlalchemy import Connection, case, delete, func, insert, select, update

from agent.store.base.audit import Event
from agent.store.base.engine import Change
from agent.store.base.model_tables import ModelCallRow
from agent.store.base.rows import every, table_of
from voice.model.ledger import MILLION, Cap, Entry, OverBudget

CALL = table_of(ModelCallRow)


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What one model was asked and gave."""

    host: str
    model: str
    local: int
    calls: int
    answered: int
    characters: int
    tokens_in: int
    tokens_out: int
    cost: int
    """In millionths."""
    redacted: int

    @property
    def spent(self) -> Decimal:
        return Decimal(int(self.cost)) / MILLION


def begin(change: Change, entry: Entry, followup: int, cap: Cap, since: datetime) -> int:
    """Set aside what the call may cost at most, in the transaction that looks what is left."""
    reason = cap.refusal(spent(change.connection, since), entry.cost)
    if reason:
        raise OverBudget(reason)
    values = {**_values(entry), "followup_id": followup, "at": change.now}
    number = int(change.connection.execute(insert(CALL).values(values).returning(CALL.c.id)).scalar_one())
    change.record(_event("model.asked", entry, followup))
    return number


def end(change: Change, number: int, entry: Entry, followup: int) -> None:
    """What became of it."""
    change.connection.execute(update(CALL).where(CALL.c.id == number).values(_values(entry)))
    change.record(_event(f"model.{entry.outcome}", entry, followup))


def spent(connection: Connection, since: datetime) -> Decimal:
    """Everything since then, unknown ends at their worst."""
    micros = connection.execute(select(func.coalesce(func.sum(CALL.c.cost), 0)).where(CALL.c.at >= since)).scalar_one()
    return Decimal(int(micros)) / MILLION


def used(connection: Connection, since: datetime | None = None) -> list[ModelUse]:
    """Calls, characters, tokens and cost for each host and model."""
    answered = func.sum(case((CALL.c.outcome == "answered", 1), else_=0)).label("answered")
    sums = [
        func.sum(CALL.c[name]).label(name) for name in ("characters", "tokens_in", "tokens_out", "cost", "redacted")
    ]
    query = select(CALL.c.host, CALL.c.model, CALL.c.local, func.count().label("calls"), answered, *sums)
    if since is not None:
        query = query.where(CALL.c.at >= since)
    return every(connection, ModelUse, query.group_by(CALL.c.host, CALL.c.model, CALL.c.local))


def drop_before(change: Change, limit: datetime) -> int:
    """Forget calls that are too old to matter; the audit log keeps that they happened."""
    return int(change.connection.execute(delete(CALL).where(CALL.c.at < limit)).rowcount)


def _values(entry: Entry) -> dict[str, object]:
    return {
        "host": entry.host, "model": entry.model, "local": int(entry.local), "what": entry.what,
        "characters": entry.characters, "digest": entry.digest, "tokens_in": entry.tokens_read,
        "tokens_out": entry.tokens_written, "cost": _micros(entry.cost), "redacted": entry.redacted,
        "outcome": entry.outcome,
    }  # fmt: skip


def _micros(cost: Decimal) -> int:
    """Rounded up, so that many small calls cannot slip under a cap."""
    return int((cost * MILLION).to_integral_value(ROUND_CEILING))


def _event(name: str, entry: Entry, followup: int) -> Event:
    place = "this machine" if entry.local else "another machine"
    said = replace(entry, model=" ".join(entry.model.split())[:100])
    words = (
        f"{said.model} at {said.host} ({place}): {said.what}; {said.characters} characters, "
        f"{said.tokens_read} tokens read, {said.tokens_written} written, {said.redacted} redacted"
    )
    object_name = f"followup:{followup}" if followup else "voice"
    code = "local" if entry.local else "remote"
    return Event(name, object_name, "policy", code=code, content=entry.digest, detail=words)
