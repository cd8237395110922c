"""An Outlook that is busy, far away or says no: what is waited for, what is asked again and what is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from providers.base import Page, Refused, SignInNeeded, Unreachable
from providers.outlook.graph import OutlookSettings
from providers.outlook.mailbox import OutlookMailbox
from tests.peers.fake_letters import SAM, incoming
from tests.peers.graph_fake import GraphFake


@pytest.fixture
def fake() -> Iterator[GraphFake]:
    with GraphFake() as server:
        yield server


class Sleeps:
    def __init__(self) -> None:
        self.total = 0.0

    def __call__(self, seconds: float) -> None:
        self.total += seconds


def opened(fake: GraphFake, token: str = "good", sleep: Sleeps | None = None) -> OutlookMailbox:
    return OutlookMailbox(OutlookSettings(SAM, lambda rejected="": token, fake.graph_url, sleep or Sleeps()))


def synced(box: OutlookMailbox, cursor: str = "") -> tuple[list[Page], str]:
    pages = list(box.changes(cursor))
    return pages, pages[-1].cursor


def keys(pages: list[Page]) -> list[str]:
    return [mail.key for page in pages for mail in page.mails]


@pytest.mark.parametrize("status", [429, 503, 504])
def test_throttled_parts_of_a_batch_are_asked_again(fake: GraphFake, status: int) -> None:
    for number in range(60):
        fake.store.deliver(incoming(number), "sentitems")
    fake.fail("status", "GET .*F-sentitems/messages\\?%24filter", times=9, status=400)
    sleeps = Sleeps()
    fake.part_faults.extend([200] * 15 + [status, 200] * 20)
    pages, _ = synced(opened(fake, sleep=sleeps))
    assert len(keys(pages)) == 60
    assert sleeps.total >= 2


@pytest.mark.parametrize("what", ["lose", "lose_answer", "status", "cut"])
def test_a_read_survives_a_bad_connection(fake: GraphFake, what: str) -> None:
    fake.store.deliver(incoming())
    fake.fail(what, "GET", times=3, status=503)
    assert len(keys(synced(opened(fake))[0])) == 1


def test_the_pause_outlook_asks_for_is_kept_and_a_long_one_is_handed_on(fake: GraphFake) -> None:
    sleeps = Sleeps()
    fake.fail("status", "GET", status=429, headers={"Retry-After": "17"})
    synced(opened(fake, sleep=sleeps))
    assert sleeps.total == 17
    fake.fail("status", "GET", status=429, headers={"Retry-After": "900"})
    with pytest.raises(Unreachable) as caught:
        synced(opened(fake))
    assert caught.value.retry_after == 900


@pytest.mark.parametrize(("status", "code", "kind", "words"), [
    (401, "InvalidAuthenticationToken", SignInNeeded, "no longer accepts"), (403, "ErrorAccessDenied", SignInNeeded, "does not cover"),
    (404, "MailboxNotEnabledForRESTAPI", Refused, "no mailbox"), (403, "Other", Refused, "said no"),
])  # fmt: skip
def test_what_outlook_forbids_is_said_in_a_sentence_that_helps(
    fake: GraphFake, status: int, code: str, kind: type[Exception], words: str
) -> None:
    fake.fail(
        "status",
        "GET /v1.0/me/mailFolders",
        times=2,
        status=status,
        value={"error": {"code": code, "message": "quotes a mail"}},
    )
    with pytest.raises(kind, match=words) as caught:
        synced(opened(fake))
    assert "quotes" not in str(caught.value)


def test_an_unreadable_folder_stops_the_round(fake: GraphFake) -> None:
    fake.fail("status", "F-junkemail/messages/delta", times=99, status=500)
    with pytest.raises(Unreachable):
        synced(opened(fake))


def test_a_folder_that_is_there_and_says_it_is_not_stops_the_round(fake: GraphFake) -> None:
    fake.fail("status", "F-junkemail/messages/delta", status=404)
    with pytest.raises(Unreachable, match="folder"):
        synced(opened(fake))


def test_a_folder_deleted_in_the_middle_of_a_round_is_passed_over(fake: GraphFake) -> None:
    extra, kept = fake.store.folder("Projekt"), fake.store.deliver(incoming())
    fake.fail("status", f"{extra}/messages/delta", status=404)
    fake.fail("status", f"mailFolders/{extra}.%24select", status=404)
    assert keys(synced(opened(fake))[0]) == [kept]


def test_a_search_that_looks_like_a_folder_is_passed_over(fake: GraphFake) -> None:
    fake.store.folders[fake.store.folder("Suche")].search = True
    assert len(synced(opened(fake))[0]) == 1


@pytest.mark.parametrize("private", [False, True])
def test_a_sign_in_by_another_of_the_own_addresses_is_accepted(fake: GraphFake, private: bool) -> None:
    fake.store.address = "sam.private@example.org"
    if private:
        fake.fail("status", "proxyAddresses", status=400)
    settings = OutlookSettings(SAM, lambda rejected="": "good", fake.graph_url, Sleeps(), ("Sam.Private@example.org",))
    assert len(synced(OutlookMailbox(settings))[0]) == 1


def test_a_sign_in_of_another_account_is_refused(fake: GraphFake) -> None:
    fake.store.address = "other@example.org"
    with pytest.raises(Refused, match="belongs to other"):
        synced(opened(fake))
