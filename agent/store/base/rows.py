"""What lies between a table and the values made of its rows; never a table and never a query of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Select, Table
from sqlmodel import SQLModel

Value = TypeVar("Value")


def table_of(model: type[SQLModel]) -> Table:
    """The table a class describes."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def every(connection: Connection, kind: Callable[..., Value], query: Select[*tuple[object, ...]]) -> list[Value]:
    """Each row of a query as a value; the columns are its fields."""
    return [kind(**row) for row in connection.execute(query).mappings()]


def first(connection: Connection, kind: Callable[..., Value], query: Select[*tuple[object, ...]]) -> Value | None:
    """The first row of a query as a value."""
    row = connection.execute(query).mappings().first()
    return None if row is None else kind(**row)
