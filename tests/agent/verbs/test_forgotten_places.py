"""When Google or Microsoft forget how far a mailbox was read, what was deleted meanwhile does not live on here."""

from __future__ import annotations

import pytest

from providers.base import ProviderError
from tests.peers.cloud_houses import GmailHouse, OutlookHouse
from tests.peers.houses import House
from tests.peers.neighbourhood import Build, build, dovecot

__all__ = ["build", "dovecot"]
pytestmark = pytest.mark.slow
BOTH = pytest.mark.parametrize("build", ["gmail", "outlook"], indirect=True)


def forget(house: House) -> None:
    if isinstance(house, GmailHouse):
        house.fake.store.forget_history()
    elif isinstance(house, OutlookHouse):
        for folder in house.fake.store.folders.values():
            folder.generation += 1


def erase(house: House, message_id: str) -> None:
    """The person deletes a mail for good; nothing else is known of it afterwards."""
    if isinstance(house, GmailHouse):
        (key,) = [key for key, mail in house.fake.store.mails.items() if mail.header("Message-ID") == message_id]
    else:
        assert isinstance(house, OutlookHouse)
        items = house.fake.store.items
        (key,) = [key for key, item in items.items() if item.value["internetMessageId"] == message_id]
    house.fake.store.erase(key)


def present(house: House) -> set[str]:
    with house.home.store.read() as connection:
        query = "SELECT message_id FROM mail WHERE present = 1"
        return set(connection.exec_driver_sql(query).scalars())


@BOTH
@pytest.mark.parametrize("breaks", [False, True], ids=["at once", "after it broke off"])
def test_what_was_deleted_meanwhile_has_left(build: Build, breaks: bool) -> None:
    house = build(drafts="local")
    for number in (1, 2, 3):
        house.asked(number)
    forget(house)
    erase(house, "<ask2@y.example>")
    if breaks:
        assert isinstance(house, GmailHouse | OutlookHouse)
        house.fake.fail("status", r"fields=messages|\$select=id&\$top=1000|top=1000", status=404, times=9)
        with pytest.raises(ProviderError):
            house.sync()
        house.fake.faults.clear()
    house.sync()
    assert present(house) == {"<ask1@y.example>", "<ask3@y.example>"}


@BOTH
def test_what_only_moved_and_what_came_meanwhile_stays(build: Build) -> None:
    house = build(drafts="local")
    house.asked(1)
    house.answer(2)
    house.sync()
    before = present(house)
    forget(house)
    if isinstance(house, OutlookHouse):
        (key,) = [key for key, item in house.fake.store.items.items() if item.folder == "F-inbox"]
        house.fake.store.move(key, "archive")
    house.answer(3)
    house.sync()
    assert len(present(house)) == 3
    assert present(house) > before


@BOTH
def test_nothing_is_counted_while_the_place_is_known(build: Build) -> None:
    house = build(drafts="local")
    house.asked(1)
    assert isinstance(house, GmailHouse | OutlookHouse)
    asked = len(house.fake.requests)
    house.sync()
    assert not any("top=1000" in line or "fields=messages" in line for line in house.fake.requests[asked:])


@BOTH
def test_a_count_that_leaves_out_most_of_the_mailbox_is_not_believed(build: Build) -> None:
    house = build(drafts="local")
    for number in (1, 2, 3):
        house.asked(number)
    forget(house)
    assert isinstance(house, GmailHouse | OutlookHouse)
    empty = {"value": []} if isinstance(house, OutlookHouse) else {"resultSizeEstimate": 0}
    house.fake.fail("status", r"fields=messages|top=1000", status=200, value=empty, times=9)
    house.sync()
    assert len(present(house)) == 3
