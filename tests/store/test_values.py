"""The values made of rows have exactly the columns of their tables."""

from __future__ import annotations

from dataclasses import fields

import pytest
from sqlmodel import SQLModel

from agent.store.base import tables, values
from agent.store.base.outbox_tables import OutboxRow
from agent.store.base.rows import table_of


@pytest.mark.parametrize(
    ("value", "row"),
    [
        (values.KeptAccount, tables.AccountRow), (values.KeptThread, tables.ThreadRow),
        (values.Followup, tables.FollowupRow), (values.KeptLetter, OutboxRow), (values.DraftVersion, tables.DraftRow),
        (values.KeptEnrolment, tables.EnrolmentRow), (values.KeptSignal, tables.SignalRow),
        (values.KeptEvent, tables.EventRow),
    ],
)  # fmt: skip
def test_a_value_has_the_columns_of_its_table(value: type, row: type[SQLModel]) -> None:
    assert {field.name for field in fields(value)} == set(table_of(row).columns.keys())


def test_a_mail_is_made_of_its_columns_in_their_order() -> None:
    assert list(values.KeptMail._fields) == table_of(tables.MailRow).columns.keys()
