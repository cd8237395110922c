"""What lies between a table and the values made of its rows; never a table and never a query of its own."""

from __future__ import annotations

from sqlalchemy import Table
from sqlmodel import SQLModel


def table_of(model: type[SQLModel]) -> Table:
    """The table a class describes."""
    return SQLModel.metadata.tables[str(model.__tablename__)]
