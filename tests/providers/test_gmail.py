"""A Gmail mailbox against a fake that is stricter than Gmail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from providers.base import Absence, Drafts, Mailbox, Page, Refused, Role, SignInNeeded, Unreachable
from providers.gmail.api import GmailSettings, Pace
from providers.gmail.mailbox import GmailMailbox
from providers.kits import SAMPLES, MailboxContract
from tests.peers.fake_letters import SAM, START, incoming, letter
from tests.peers.gmail_fake import GmailFake


@pytest.fixture
def fake() -> Iterator[GmailFake]:
    with GmailFake() as server:
        server.store.address = SAM
        yield server


class TestGmail(MailboxContract):
    @pytest.fixture
    def mailbox(self, fake: GmailFake) -> GmailMailbox:
        for number, raw in enumerate(SAMPLES):
            fake.store.deliver(raw, at=START + timedelta(hours=number))
        return opened(fake)


class Sleeps:
    def __init__(self) -> None:
        self.total = 0.0

    def __call__(self, seconds: float) -> None:
        self.total += seconds


def opened(fake: GmailFake, token: str = "good", **more: object) -> GmailMailbox:
    settings = {"endpoint": fake.url, "sleep": Sleeps(), **more}
    return GmailMailbox(GmailSettings(SAM, lambda rejected="": token, **settings))  # type: ignore[arg-type]


def synced(box: GmailMailbox, cursor: str = "") -> tuple[list[Page], str]:
    pages = list(box.changes(cursor))
    return pages, pages[-1].cursor


def keys(pages: list[Page]) -> list[str]:
    return [mail.key for page in pages for mail in page.mails]


def test_it_is_a_mailbox_with_drafts(fake: GmailFake) -> None:
    box = opened(fake)
    assert isinstance(box, Mailbox)
    assert isinstance(box, Drafts)
    assert box.capabilities.server_files_sent is True


def test_the_first_sync_brings_everything_newest_first(fake: GmailFake) -> None:
    made = [fake.store.deliver(incoming(number)) for number in range(230)]
    pages, _ = synced(opened(fake))
    assert keys(pages) == made[::-1]
    assert [(page.done, page.total) for page in pages][:3] == [(100, 230), (200, 230), (230, 230)]


def test_read_only_access_is_enough_to_sync(fake: GmailFake) -> None:
    fake.store.deliver(incoming())
    pages, _ = synced(opened(fake, "reader"))
    assert len(keys(pages)) == 1


def test_a_sync_that_was_killed_goes_on_where_it_stopped(fake: GmailFake) -> None:
    made = {fake.store.deliver(incoming(number)) for number in range(230)}
    first = next(iter(opened(fake).changes("")))
    rest, _ = synced(opened(fake), first.cursor)
    assert {mail.key for mail in first.mails} | set(keys(rest)) == made
    assert not {mail.key for mail in first.mails} & set(keys(rest))


def test_a_sync_killed_between_list_and_history_does_not_list_again(fake: GmailFake) -> None:
    fake.store.deliver(incoming())
    running = opened(fake).changes("")
    cursor = next(running).cursor
    running.close()
    late = fake.store.deliver(incoming(2))
    assert keys(synced(opened(fake), cursor)[0]) == [late]


def test_mail_that_comes_while_the_first_sync_runs_is_not_lost(fake: GmailFake) -> None:
    for number in range(150):
        fake.store.deliver(incoming(number))
    pages = opened(fake).changes("")
    next(pages)
    late = fake.store.deliver(incoming(900))
    assert late in keys(list(pages))


def test_spam_and_trash_are_read_as_well(fake: GmailFake) -> None:
    fake.store.deliver(incoming(1), labels=("SPAM",))
    fake.store.deliver(incoming(2), labels=("TRASH",))
    pages, _ = synced(opened(fake))
    assert {mail.role for page in pages for mail in page.mails} == {Role.JUNK, Role.TRASH}


def test_nothing_new_gives_an_empty_page_and_costs_three_units(fake: GmailFake) -> None:
    fake.store.deliver(incoming())
    _, cursor = synced(opened(fake))
    fake.units = 0
    pages, again = synced(opened(fake), cursor)
    assert (keys(pages), again, fake.units) == ([], cursor, 3)


def test_changes_since_the_cursor_are_new_moved_and_gone(fake: GmailFake) -> None:
    one, two = fake.store.deliver(incoming(1)), fake.store.deliver(incoming(2))
    _, cursor = synced(opened(fake))
    three = fake.store.deliver(incoming(3))
    fake.store.relabel(one, add=("TRASH",), remove=("INBOX", "UNREAD"))
    fake.store.erase(two)
    (page,), _ = synced(opened(fake), cursor)
    assert [mail.key for mail in page.mails] == [three]
    assert [(item.key, item.role, item.flags) for item in page.moved] == [(one, Role.TRASH, {"seen", "deleted"})]
    assert page.gone == (two,)


def test_a_long_history_comes_in_pages_and_the_old_place_is_kept_until_the_last(fake: GmailFake) -> None:
    one = fake.store.deliver(incoming())
    _, cursor = synced(opened(fake))
    for _ in range(300):
        fake.store.relabel(one, add=("STARRED",))
        fake.store.relabel(one, remove=("STARRED",))
    pages, _ = synced(opened(fake), cursor)
    histories = [json.loads(page.cursor)["history"] for page in pages]
    assert len(pages) == 2
    assert histories[0] == json.loads(cursor)["history"] != histories[1]


def test_a_history_page_without_history_is_no_end(fake: GmailFake) -> None:
    _, cursor = synced(opened(fake))
    late = fake.store.deliver(incoming())
    fake.bare_pages = True
    pages, _ = synced(opened(fake), cursor)
    assert keys(pages) == [late]


def test_a_forgotten_history_is_read_again_from_two_days_before_the_newest_mail(fake: GmailFake) -> None:
    old = fake.store.deliver(incoming(1), at=START - timedelta(days=40))
    label = fake.store.label("relance/sales")
    fake.store.deliver(incoming(2))
    _, cursor = synced(opened(fake))
    late = fake.store.deliver(incoming(3))
    fake.store.relabel(old, add=(label,))
    fake.store.forget_history()
    pages, again = synced(opened(fake), cursor)
    assert late in keys(pages)
    assert old not in keys(pages)
    assert [(item.key, item.labels) for page in pages for item in page.moved] == [(old, ("relance/sales",))]
    assert keys(synced(opened(fake), again)[0]) == []


def test_a_page_token_that_died_starts_the_list_again(fake: GmailFake) -> None:
    for number in range(120):
        fake.store.deliver(incoming(number))
    first = next(iter(opened(fake).changes("")))
    broken = json.dumps({**json.loads(first.cursor), "page": "dead"})
    assert len(set(keys(synced(opened(fake), broken)[0]))) == 120


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "{}", '{"v":99}', '{"v":1,"provider":"imap"}', "[]", '{"v":1,"provider":"gmail","history":"abc"}'],
)
def test_a_cursor_that_is_not_ours_means_the_start(fake: GmailFake, cursor: str) -> None:
    fake.store.deliver(incoming())
    assert len(keys(synced(opened(fake), cursor)[0])) == 1


def test_a_mail_that_vanished_between_list_and_get_counts_as_gone(fake: GmailFake) -> None:
    _, cursor = synced(opened(fake))
    stays, leaves = fake.store.deliver(incoming(1)), fake.store.deliver(incoming(2))
    fake.before_get = lambda key: fake.store.mails.pop(leaves, None)
    (page,), _ = synced(opened(fake), cursor)
    assert ([mail.key for mail in page.mails], page.gone) == ([stays], (leaves,))


@pytest.mark.parametrize(
    ("status", "reason"),
    [(429, "rateLimitExceeded"), (403, "userRateLimitExceeded"), (500, "backendError"), (503, "backendError")],
)
def test_busy_parts_of_a_batch_are_asked_again(fake: GmailFake, status: int, reason: str) -> None:
    made = {fake.store.deliver(incoming(number)) for number in range(60)}
    fake.part_faults.extend([(200, ""), (status, reason)] * 40)
    sleeps = Sleeps()
    assert set(keys(synced(opened(fake, sleep=sleeps))[0])) == made
    assert sleeps.total > 0


def test_batches_shrink_when_google_holds_back_and_grow_again(fake: GmailFake) -> None:
    for number in range(200):
        fake.store.deliver(incoming(number))
    fake.part_faults.extend([(429, "rateLimitExceeded")] * 50)
    synced(opened(fake))
    assert fake.batches[:3] == [50, 25, 35]
    assert sum(fake.batches) == 250


def test_a_mailbox_that_stays_busy_ends_as_unreachable(fake: GmailFake) -> None:
    fake.store.deliver(incoming())
    fake.part_faults.extend([(429, "rateLimitExceeded")] * 99)
    with pytest.raises(Unreachable):
        synced(opened(fake))


@pytest.mark.parametrize("what", ["lose", "lose_answer", "status", "cut"])
def test_a_read_survives_a_bad_connection(fake: GmailFake, what: str) -> None:
    fake.store.deliver(incoming())
    fake.fail(what, "GET", times=2)
    assert len(keys(synced(opened(fake))[0])) == 1


def test_the_pause_google_asks_for_is_kept(fake: GmailFake) -> None:
    later = (datetime.now(UTC) + timedelta(seconds=20)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    error = {
        "error": {
            "code": 429,
            "message": f"User-rate limit exceeded.  Retry after {later}",
            "errors": [{"reason": "rateLimitExceeded"}],
        }
    }
    fake.fail("status", "profile", status=429, value=error)
    sleeps = Sleeps()
    synced(opened(fake, sleep=sleeps))
    assert 15 < sleeps.total <= 21


def test_a_redirect_is_not_followed(fake: GmailFake) -> None:
    fake.fail("redirect", "profile", value="http://attacker.example/")
    with pytest.raises(Refused, match="elsewhere"):
        synced(opened(fake))


def test_a_refused_token_is_renewed_once_and_then_reported(fake: GmailFake) -> None:
    asked: list[str] = []

    def tokens(rejected: str = "") -> str:
        asked.append(rejected)
        return "good" if rejected == "stale" else "stale"

    box = GmailMailbox(GmailSettings(SAM, tokens, endpoint=fake.url))
    synced(box)
    assert "stale" in asked
    with pytest.raises(SignInNeeded, match="relance setup"):
        synced(opened(fake, "revoked"))


@pytest.mark.parametrize(("reason", "kind", "words"), [
    ("accessNotConfigured", Refused, "switched on"), ("insufficientPermissions", SignInNeeded, "does not cover"), ("domainPolicy", Refused, "said no"),
])  # fmt: skip
def test_what_google_forbids_is_said_in_a_sentence_that_helps(
    fake: GmailFake, reason: str, kind: type[Exception], words: str
) -> None:
    fake.fail(
        "status",
        "profile",
        status=403,
        value={"error": {"code": 403, "message": "quotes a mail", "errors": [{"reason": reason}]}},
    )
    with pytest.raises(kind, match=words) as caught:
        synced(opened(fake))
    assert "quotes" not in str(caught.value)


def test_a_sign_in_of_another_account_is_refused(fake: GmailFake) -> None:
    fake.store.address = "other@example.org"
    with pytest.raises(Refused, match="belongs to other"):
        synced(opened(fake))


def test_a_sign_in_by_another_of_the_own_addresses_is_accepted(fake: GmailFake) -> None:
    fake.store.address = "sam.private@example.org"
    assert synced(opened(fake, aliases=("Sam.Private@example.org",)))[0]


def test_own_labels_carry_their_names(fake: GmailFake) -> None:
    fake.store.deliver(incoming(), labels=("INBOX", fake.store.label("relance/nudge"), "IMPORTANT"))
    pages, _ = synced(opened(fake))
    assert pages[0].mails[0].labels == ("relance/nudge",)


def test_chats_are_no_mail(fake: GmailFake) -> None:
    fake.store.deliver(incoming(), labels=("CHAT",))
    assert keys(synced(opened(fake))[0]) == []


def test_mail_before_the_oldest_day_is_left_alone(fake: GmailFake) -> None:
    fake.store.deliver(incoming(1), at=START - timedelta(days=400))
    kept = fake.store.deliver(incoming(2))
    assert keys(synced(opened(fake, oldest=START - timedelta(days=365)))[0]) == [kept]


def test_the_raw_mail_comes_back_byte_for_byte(fake: GmailFake) -> None:
    key = fake.store.deliver(incoming())
    assert opened(fake).raw(key) == incoming()


def test_a_thread_is_read_afresh(fake: GmailFake) -> None:
    root = fake.store.deliver(incoming(1))
    fake.store.deliver(incoming(2, subject="Re: The offer", extra="In-Reply-To: <mail1@acme.example>\r\n"))
    box = opened(fake)
    assert [mail.message_id for mail in box.thread(fake.store.mails[root].thread)] == [
        "<mail1@acme.example>",
        "<mail2@acme.example>",
    ]
    assert box.thread("ffff") == ()


@pytest.mark.parametrize("forget", [False, True])
def test_an_own_letter_is_found_in_sent_by_its_token(fake: GmailFake, forget: bool) -> None:
    fake.store.deliver(incoming())
    box = opened(fake)
    _, cursor = synced(box)
    one = letter()
    key = fake.store.create_draft(one.raw, "")
    assert box.find_token(one.token, cursor) is None
    sent = fake.store.send_draft(key)
    if forget:
        fake.store.forget_history()
    found = box.find_token(one.token, cursor)
    assert found is not None
    assert (found.key, found.role) == (sent.id, Role.SENT)
    assert found.message_id.endswith("@mail.gmail.com>")
    assert box.find_token("someother", cursor) is None


@pytest.mark.parametrize(("set_to", "found"), [
    ({"enableAutoReply": False, "startTime": "1795000000000"}, None),
    ({"enableAutoReply": True}, Absence()),
    ({"enableAutoReply": True, "startTime": "1795000000000", "endTime": "1796000000000"}, Absence(datetime.fromtimestamp(1795000000, UTC), datetime.fromtimestamp(1796000000, UTC))),
])  # fmt: skip
def test_the_own_vacation_responder_is_known(fake: GmailFake, set_to: dict[str, object], found: Absence | None) -> None:
    fake.store.vacation = set_to
    assert opened(fake, "reader").absence() == found


def test_the_pace_never_spends_more_than_the_quota_in_any_minute() -> None:
    now, spent = [0.0], []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pace = Pace(1000, lambda: now[0], sleep)
    for _ in range(100):
        pace.spend(250)
        spent.append(now[0])
        now[0] += 0.1
    for at in spent:
        assert sum(250 for other in spent if at <= other < at + 60) <= 1000
    assert now[0] < 24 * 60 + 30
