"""What both cloud senders do alike: one commit, one send, and a truthful word about every way it can fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from providers.base import NotSent, Receipt, Refused, Sender, Unknown, Unreachable
from providers.kits import SenderContract
from tests.peers.fake_letters import Committed
from tests.providers.test_cloud_crashes import GmailHouse, House, build, laid

__all__ = ["build"]
Build = Callable[[], House]
SEND = r"POST .*(/drafts)?/send(\?|$)"
BUSY = {
    "error": {"code": 403, "message": "slow down", "errors": [{"reason": "rateLimitExceeded", "domain": "usageLimits"}]}
}


class Posting:
    def __init__(self, house: House) -> None:
        self.house = house
        self.letter = house.letter

    def sender(self) -> Sender:
        return self.house.sender()

    def taken(self) -> int:
        return self.house.sent()

    def refuse(self) -> None:
        self.house.fake.fail("status", SEND, status=400)

    def lose_answer(self) -> None:
        self.house.fake.fail("lose_answer", SEND)


class TestCloudSenders(SenderContract):
    @pytest.fixture
    def posting(self, build: Build) -> Posting:
        return Posting(build())


def test_the_commit_comes_after_the_draft_and_before_the_send(build: Build) -> None:
    house, seen = build(), []
    house.sender().send(house.letter, lambda: seen.append((house.drafts(), house.fake.count(SEND))))
    assert seen == [(1, 0)]


@pytest.mark.parametrize(
    "failure", [ValueError("no"), OSError("disk"), Refused("stop"), Unreachable("later"), KeyboardInterrupt()]
)
def test_a_commit_that_fails_sends_nothing_and_is_passed_on(build: Build, failure: BaseException) -> None:
    house = build()
    with pytest.raises(type(failure)):
        house.sender().send(house.letter, Committed(failure))
    assert (house.fake.count(SEND), house.drafts()) == (0, 0)


def test_a_draft_that_lay_there_before_stays_when_the_letter_is_kept_back(build: Build) -> None:
    house = build()
    laid(house)
    with pytest.raises(ValueError, match="no"):
        house.sender().send(house.letter, Committed(ValueError("no")))
    assert house.drafts() == 1


@pytest.mark.parametrize(("what", "how", "gmail", "outlook"), [
    ("lose", {}, (Unknown, 0), (Unknown, 0)),
    ("lose_answer", {}, (Receipt, 1), (Receipt, 1)),
    ("cut", {}, (Receipt, 1), (Receipt, 1)),
    ("status_after", {"status": 500}, (Receipt, 1), (Receipt, 1)),
    ("status_after", {"status": 503}, (Receipt, 1), (Receipt, 1)),
    ("status_after", {"status": 504}, (Receipt, 1), (Receipt, 1)),
    ("status", {"status": 500}, (Unknown, 0), (Unknown, 0)),
    ("status", {"status": 429, "value": BUSY}, (NotSent, 0), (NotSent, 0)),
    ("status", {"status": 403, "value": BUSY}, (NotSent, 0), (NotSent, 0)),
    ("status", {"status": 401}, (NotSent, 0), (NotSent, 0)),
    ("status", {"status": 400}, (NotSent, 0), (NotSent, 0)),
    ("status", {"status": 404}, (Unknown, 0), (Unknown, 0)),
    ("status", {"status": 302}, (Unknown, 0), (Unknown, 0)),
    ("redirect", {"value": "https://attacker.example/"}, (Unknown, 0), (Unknown, 0)),
])  # fmt: skip
def test_every_way_the_send_itself_can_fail(
    build: Build, what: str, how: dict[str, Any], gmail: tuple[type, int], outlook: tuple[type, int]
) -> None:
    house, commit = build(), Committed()
    house.fake.fail(what, SEND, **how)
    try:
        result: object = house.sender().send(house.letter, commit)
    except (NotSent, Unknown) as problem:
        result = problem
    outcome, left = gmail if isinstance(house, GmailHouse) else outlook
    assert isinstance(result, outcome)
    assert (commit.times, house.sent(), house.fake.count(SEND)) == (1, left, 1)


@pytest.mark.parametrize(
    ("status", "value", "permanent"),
    [(429, BUSY, False), (401, None, False), (400, None, True), (413, None, True)],
)
def test_a_refusal_says_whether_trying_later_helps(build: Build, status: int, value: Any, permanent: bool) -> None:
    house = build()
    house.fake.fail("status", SEND, status=status, value=value, headers={"Retry-After": "30"})
    with pytest.raises(NotSent) as caught:
        house.sender().send(house.letter, Committed())
    assert caught.value.permanent is permanent
