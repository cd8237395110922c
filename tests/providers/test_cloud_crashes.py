"""Killed at every request, before it arrives or before its answer does: a letter leaves once or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from providers.base import Drafts, Letter, Mailbox, NotSent, ProviderError, Receipt, Sender, Unknown
from providers.gmail.api import GmailSettings
from providers.gmail.mailbox import GmailMailbox
from providers.gmail.sender import GmailSender
from providers.outlook.graph import OutlookSettings
from providers.outlook.mailbox import OutlookMailbox
from providers.outlook.sender import OutlookSender
from tests.peers.fake_letters import SAM, Committed, incoming, letter
from tests.peers.gmail_fake import GmailFake
from tests.peers.graph_fake import GraphFake

pytestmark = pytest.mark.slow


class Killed(BaseException):
    pass


class GmailHouse:
    def __init__(self) -> None:
        self.fake = GmailFake()
        self.fake.store.address = SAM
        root = self.fake.store.deliver(incoming())
        self.letter = letter(about="<mail1@acme.example>", thread=self.fake.store.mails[root].thread)

    def settings(self) -> GmailSettings:
        return GmailSettings(SAM, lambda rejected="": "good", endpoint=self.fake.url, sleep=lambda seconds: None)

    def mailbox(self) -> Mailbox:
        return GmailMailbox(self.settings())

    def sender(self, reach: Callable[[str], None] = lambda _: None) -> Sender:
        return GmailSender(self.settings(), reach)

    def sent(self) -> int:
        return sum("SENT" in mail.labels for mail in self.fake.store.mails.values())

    def drafts(self) -> int:
        return len(self.fake.store.drafts)


class OutlookHouse:
    def __init__(self) -> None:
        self.fake = GraphFake()
        self.letter = letter(about="<mail1@acme.example>", reply_key=self.fake.store.deliver(incoming()))

    def settings(self) -> OutlookSettings:
        return OutlookSettings(SAM, lambda rejected="": "good", self.fake.graph_url, lambda seconds: None)

    def mailbox(self) -> Mailbox:
        return OutlookMailbox(self.settings())

    def sender(self, reach: Callable[[str], None] = lambda _: None) -> Sender:
        return OutlookSender(self.settings(), reach)

    def sent(self) -> int:
        return len(self.fake.store.sent())

    def drafts(self) -> int:
        return len(self.fake.store.drafts())


House = GmailHouse | OutlookHouse


@pytest.fixture(params=[GmailHouse, OutlookHouse], ids=["gmail", "outlook"])
def build(request: pytest.FixtureRequest) -> Iterator[Callable[[], House]]:
    opened: list[Any] = []

    def one() -> House:
        house: House = request.param()
        opened.append(house.fake.__enter__())
        return house

    yield one
    for fake in opened:
        fake.__exit__(None, None, None)


def requests_of(house: House, act: Callable[[], object]) -> int:
    before = len(house.fake.requests)
    act()
    return len(house.fake.requests) - before


def outcome(house: House, one: Letter, commit: Committed) -> object:
    try:
        return house.sender().send(one, commit)
    except (NotSent, Unknown) as problem:
        return problem


@pytest.mark.parametrize("what", ["lose", "lose_answer", "status_after"])
def test_the_line_going_dead_at_any_request_never_sends_twice_and_never_lies(
    build: Callable[[], House], what: str
) -> None:
    house = build()
    steps = requests_of(house, lambda: house.sender().send(house.letter, Committed()))
    assert steps >= 5
    for step in range(steps):
        house, commit = build(), Committed()
        house.fake.fail(what, skip=step, times=99, status=503)
        first = outcome(house, house.letter, commit)
        house.fake.faults.clear()
        if isinstance(first, Unknown):
            # The outbox looks from here on, and what it finds is the truth.
            assert (house.mailbox().find_token(house.letter.token, "") is not None) is (house.sent() == 1)
            continue
        if isinstance(first, NotSent):
            assert house.sent() == 0
            first = outcome(house, house.letter, Committed())
        assert isinstance(first, Receipt), step
        assert (house.sent(), house.drafts()) == (1, 0), step


def test_a_process_that_dies_at_any_point_sends_at_most_once(build: Callable[[], House]) -> None:
    points: list[str] = []
    house = build()
    house.sender(points.append).send(house.letter, lambda: points.append("commit"))
    assert len(points) == 3
    for place in points:
        house, committed = build(), []

        def dies(name: str, place: str = place) -> None:
            if name == place:
                raise Killed

        def commit(committed: list[str] = committed, dies: Callable[[str], None] = dies) -> None:
            committed.append("x")
            dies("commit")

        with pytest.raises(Killed):
            house.sender(dies).send(house.letter, commit)
        if committed and house.sent():
            assert house.mailbox().find_token(house.letter.token, "") is not None
            continue
        house.sender().send(house.letter, Committed())
        assert (house.sent(), house.drafts()) == (1, 0), place


@pytest.mark.parametrize("what", ["lose", "lose_answer"])
def test_laying_and_replacing_a_draft_survives_any_dead_line_with_one_draft(
    build: Callable[[], House], what: str
) -> None:
    house = build()
    steps = requests_of(house, lambda: laid(house))
    for step in range(steps):
        house = build()
        house.fake.fail(what, skip=step, times=99)
        with pytest.raises(ProviderError):
            laid(house)
        house.fake.faults.clear()
        draft = laid(house)
        assert (house.drafts(), draft.token) == (1, house.letter.token), step


def laid(house: House) -> Any:
    box = house.mailbox()
    assert isinstance(box, Drafts)
    return box.put_draft(house.letter)
