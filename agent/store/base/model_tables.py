"""The table of what was asked of a model; never a text, a query or a method."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from agent.store.base.columns import key, moment, text, whole

STRICT: dict[str, bool] = {"sqlite_strict": True}


class ModelCallRow(SQLModel, table=True):
    """One question to a model: where text went, how much and at what price; never the text."""

    __tablename__: ClassVar[str] = "model_call"
    __table_args__ = (Index("model_call_at", "at"), STRICT)

    id: int | None = Field(default=None, sa_column=key())
    followup_id: int = Field(default=0, sa_column=whole(index=True))
    """0 where the text belongs to no follow-up."""
    at: datetime = Field(sa_column=moment())
    host: str = Field(default="", sa_column=text())
    model: str = Field(default="", sa_column=text())
    local: int = Field(default=1, sa_column=whole(default=1))
    what: str = Field(default="", sa_column=text())
    """Which texts went, by kind and count."""
    characters: int = Field(default=0, sa_column=whole())
    digest: str = Field(default="", sa_column=text())
    """SHA-256 of the text."""
    tokens_in: int = Field(default=0, sa_column=whole())
    tokens_out: int = Field(default=0, sa_column=whole())
    cost: int = Field(default=0, sa_column=whole())
    """In millionths of the user's currency; the most it can be while its end is unknown."""
    redacted: int = Field(default=0, sa_column=whole())
    outcome: str = Field(default="asking", sa_column=text(default="asking"))
