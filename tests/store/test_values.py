"""A value has the columns of its table as fields, no fewer and no others."""

from __future__ import annotations

from dataclasses import fields

import pytest
from sqlmodel import SQLModel

from agent.store.base import values
from agent.store.base.outbox_tables import OutboxRow
from agent.store.base.rows import table_of
from agent.store.base.tables import AccountRow, DraftRow, EnrolmentRow, FollowupRow, SignalRow, ThreadRow

VALUES: list[tuple[type[SQLModel], type]] = [
    (AccountRow, values.KeptAccount), (ThreadRow, values.KeptThread), (FollowupRow, values.Followup),
    (OutboxRow, values.KeptLetter), (DraftRow, values.DraftVersion), (EnrolmentRow, values.KeptEnrolment),
    (SignalRow, values.KeptSignal),
]  # fmt: skip


@pytest.mark.parametrize(("model", "kind"), VALUES)
def test_the_fields_of_a_value_are_the_columns_of_its_table(model: type[SQLModel], kind: type) -> None:
    columns = table_of(model).columns
    assert [field.name for field in fields(kind)] == columns.keys()
    for field in fields(kind):
        assert ("None" in str(field.type)) is bool(columns[field.name].nullable)
