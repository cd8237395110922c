"""Column types of the store: strict, portable, and no time without its zone; never a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

Whole = BigInteger().with_variant(Integer(), "sqlite")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
"""SQLite has no type for times; whole microseconds lose nothing that Python's own type holds."""


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 in UTC; a time without a zone is refused."""
    if moment.tzinfo is None:
        raise ValueError("a stored time needs a zone")
    return (moment - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC time."""
    return EPOCH + timedelta(microseconds=micros)


class MomentColumn(TypeDecorator[datetime]):
    """An aware time, kept as microseconds in UTC."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else from_micros(value)


def key() -> Column[int]:
    """A row number."""
    return Column(Whole, primary_key=True, autoincrement=True)


def text(*, default: str | None = "", index: bool = False, unique: bool = False, primary: bool = False) -> Column[str]:
    """Text that is never NULL."""
    return Column(Text, nullable=False, server_default=default, index=index, unique=unique, primary_key=primary)


def whole(
    *, default: int | None = 0, index: bool = False, nullable: bool = False, primary: bool = False
) -> Column[int]:
    """A whole number."""
    usual = None if default is None or nullable or primary else str(default)
    return Column(Whole, nullable=nullable, server_default=usual, index=index, primary_key=primary)


def moment(*, nullable: bool = False, index: bool = False) -> Column[datetime]:
    """A time."""
    return Column(MomentColumn, nullable=nullable, index=index)


def link(target: str, *, nullable: bool = False, index: bool = True, primary: bool = False) -> Column[int]:
    """A reference to another table's row; it goes when that row goes."""
    return Column(Whole, ForeignKey(target, ondelete="CASCADE"), nullable=nullable, index=index, primary_key=primary)


def one_of(column: str, values: list[str]) -> CheckConstraint:
    """The column holds one of these words."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_known")
