"""The parsing process keeps its limits, and one bad mail never costs the others."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.store import arrival
from agent.store.base.engine import Store
from agent.store.mail import mails
from providers.base import Mail, Role
from providers.imap.letter import Pages, Raw, Want
from providers.imap.mailbox import ImapMailbox, ImapSettings
from providers.imap.missing import Half
from providers.mail import mime
from providers.mail.structure import Leaf
from providers.worker import ENDED, Worker, harmless
from providers.worker_child import Job, Quarantine, Whole, msgspec, read_results, work
from tests.peers.scripted_imap import Gmail, Stored, gmail_at

pytestmark = pytest.mark.slow

CHILD = """
import os, sys, time
sys.path.insert(0, sys.argv[1])
from providers import worker_child
from providers.mail import mime
worker_child.WALL_SECONDS = %s
plain = mime.read_whole
def read(raw, where):
    word = raw.rsplit(b"\\n", 1)[-1]
    if word == b"end":
        os._exit(9)
    if word == b"memory":
        bytearray(600_000_000)
    if word == b"cpu":
        while True:
            pass
    if word == b"wait":
        time.sleep(60)
    return plain(raw, where)
mime.read_whole = read
worker_child.serve()
"""


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], Worker]]:
    held: list[Worker] = []

    def start(wall: float) -> Worker:
        monkeypatch.setattr("providers.worker.START", CHILD % wall)
        held.append(Worker())
        return held[-1]

    yield start
    for worker in held:
        worker.close()


def jobs(word: bytes) -> list[Whole]:
    return [
        Whole(
            mime.Where(f"k{number}", role=Role.SENT),
            b"Message-ID: <m%d@x>\n\n%s" % (number, word if number == 2 else b"fine"),
        )
        for number in range(5)
    ]


@pytest.mark.parametrize(
    ("word", "wall"), [(b"end", 10), (b"memory", 10), (b"wait", 0.3), pytest.param(b"cpu", 20, marks=pytest.mark.slow)]
)
def test_a_mail_that_ends_the_process_twice_is_set_aside_and_no_other(
    limited: Callable[[float], Worker], word: bytes, wall: float
) -> None:
    found = limited(wall).read(jobs(word))
    assert [mail.message_id for mail in found] == [f"<m{number}@x>" for number in range(5)]
    assert [mail.problem for mail in found] == ["", "", ENDED, "", ""]
    assert found[2].role is Role.SENT
    assert found[2].key == "k2"


def test_the_next_batch_is_read_as_if_nothing_had_happened(limited: Callable[[float], Worker]) -> None:
    worker = limited(10)
    worker.read(jobs(b"end"))
    assert [mail.problem for mail in worker.read(jobs(b"fine"))] == [""] * 5


@pytest.mark.parametrize("word", [b"fine", b"end"])
def test_batches_in_a_row_each_give_their_own_results(limited: Callable[[float], Worker], word: bytes) -> None:
    worker = limited(10)
    given = [jobs(word), jobs(b"fine")[:3], jobs(word)[1:]]
    assert worker.swap(given[0]) == []
    found = [worker.swap(batch) for batch in (*given[1:], [])]
    assert [[mail.key for mail in batch] for batch in found] == [[job.where.key for job in batch] for batch in given]
    bad = [mail.key for batch in found for mail in batch if mail.problem]
    assert bad == ([] if word == b"fine" else ["k2", "k2"])
    assert worker.swap([]) == []


def test_an_answer_of_another_length_is_not_believed_and_costs_no_mail(limited: Callable[[float], Worker]) -> None:
    worker = limited(10)
    plain, first = worker._answer, iter((b"[]",))
    worker._answer = lambda: next(first, None) or plain()  # type: ignore[method-assign]
    worker.swap(jobs(b"fine"))
    assert [mail.key for mail in worker.swap(jobs(b"fine")[:2])] == [f"k{number}" for number in range(5)]
    assert [mail.key for mail in worker.swap([])] == ["k0", "k1"]


def test_a_child_that_was_killed_from_outside_is_started_again() -> None:
    worker = Worker()
    try:
        worker.start()
        os.kill(worker._child.pid, 9)
        assert [mail.problem for mail in worker.read(jobs(b"fine"))] == [""] * 5
    finally:
        worker.close()


def test_a_mail_whose_very_beginning_kills_keeps_its_key() -> None:
    job = Quarantine(mime.Where("k"), b"Message-ID: <a@b>\n\n", ENDED)
    worker = Worker()
    worker._write = lambda *given: (_ for _ in ()).throw(BrokenPipeError)  # type: ignore[method-assign]
    assert worker.read([job]) == [mime.quarantined(mime.Where("k"), b"", ENDED)]


def test_what_is_set_aside_keeps_the_ids_of_its_thread() -> None:
    raw = Raw(
        mime.Where("folder/1/", folder="Sent", role=Role.SENT),
        [b"* 1 FETCH (UID 77 BODY[HEADER] {40}\r\n", b"Message-ID: <a@b>\r\nReferences: <c@d>\r\n", b")\r\n"],
    )
    mail = work(harmless(raw))
    assert isinstance(mail, Mail)
    assert (mail.key, mail.message_id, mail.references) == ("folder/1/77", "<a@b>", ("<c@d>",))
    assert (mail.folder, mail.role, mail.problem) == ("Sent", Role.SENT, ENDED)


def test_what_is_set_aside_keeps_its_person_and_its_day_behind_any_other_field() -> None:
    head = b"Cc: %s\r\nFrom: Ann <ann@a.example>\r\nDelivered-To: me@x.example\r\nMessage-ID: <a@b>\r\n\r\n"
    came = b'* 1 FETCH (UID 7 INTERNALDATE " 2-Mar-2026 10:00:00 +0000" BODY[HEADER.FIELDS.NOT (RECEIVED)] {9}\r\n'
    body = b"From: eve@evil.example\r\nMessage-ID: <e@e>\r\n"
    raw = Raw(mime.Where("f/1/"), [came, head % (b"x" * 200_000), b" BODY[1]<0> {9}\r\n", body, b")\r\n"])
    mail = work(harmless(raw))
    assert isinstance(mail, Mail)
    assert mail.sender is not None
    assert (mail.sender.email, mail.message_id, mail.header("delivered-to")) == (
        "ann@a.example",
        "<a@b>",
        "me@x.example",
    )
    assert mail.received == datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "field", [b"From: eve@evil.example", b"From: a@b.example" + b" " * 2000 + b", eve@evil.example"]
)
def test_a_mail_set_aside_has_no_sender_where_two_can_be_meant(field: bytes) -> None:
    lines = b"From: Ann <ann@a.example>\r\n" if field.endswith(b": eve@evil.example") else b""
    assert mime.quarantined(mime.Where("k"), lines + field + b"\r\n\r\n", ENDED).sender is None


@pytest.mark.parametrize(("bad", "most"), [(1, 8), (3, 10), (60, 30)])
def test_a_batch_of_mails_that_hang_delays_a_look_by_seconds_however_many_they_are(
    limited: Callable[[float], Worker], bad: int, most: float
) -> None:
    worker = limited(20)
    worker.start()
    started = time.monotonic()
    words = [b"cpu"] * bad + [b"fine"] * 5
    found = worker.read([Whole(mime.Where("k"), b"From: a@b.example\nIn-Reply-To: <m@x>\n\n" + word) for word in words])
    assert time.monotonic() - started < most
    assert [mail.problem for mail in found[:bad]] == [ENDED] * bad
    assert {(mail.sender.email, mail.in_reply_to) for mail in found} == {("a@b.example", ("<m@x>",))}
    if bad < 10:
        assert [mail.problem for mail in found[bad:]] == [""] * 5
    worker.begin()
    assert [mail.problem for mail in worker.read(jobs(b"fine"))] == [""] * 5


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1980, 1, 2), datetime(2099, 1, 1), timezones=ZONES)


@given(MOMENTS, st.text(max_size=80), st.lists(st.text(max_size=9)))
@settings(max_examples=100, deadline=None)
def test_a_mail_comes_over_the_pipe_as_it_was(written: datetime, text: str, labels: list[str]) -> None:
    mail = mime.parse(
        b"From: Ann <a@b.example>\nTo: c@d.example\nX-Mailer: x\n\nhi", key="k", role=Role.TRASH, labels=tuple(labels)
    )
    mail = mime.replace(mail, date=written, text=text, received=written.astimezone(UTC), flags=frozenset(("seen",)))
    beside = Want(8, ("2",), 64, mail, (Leaf("text/html", "utf-8"),))
    sent = [mail, Want(7, ("1.2", ""), 64), beside, text, None]
    assert read_results(msgspec.json.encode(sent)) == sent


@pytest.mark.parametrize("answer", [b"", b"{", b"[1]", b'[{"key":1}]', b"\xff", b"[" * 5000])
def test_an_answer_that_is_none_gives_nothing(answer: bytes) -> None:
    assert read_results(answer) == []


DEADLY_PAGE = """
import os, sys
sys.path.insert(0, sys.argv[1])
from providers import worker_child
from providers.mail import mime
mime.more_of = lambda text, leaves: os._exit(9) if b"boom" in leaves[0].body else "And this."
worker_child.serve()
"""


def test_a_mail_whose_page_ends_the_process_is_unreadable_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.worker.START", DEADLY_PAGE)
    pages = {"k1": b"<p>fine</p>", "k2": b"<p>boom</p>"}
    held: list[Mail | None] = [mime.parse(b"From: a@b.example\r\n\r\nhi", key=key) for key in pages]
    asked: list[Job] = [Pages(mime.Where(key), "hi", (Leaf("text/html", body=body),)) for key, body in pages.items()]
    worker = Worker()
    try:
        found = Half([], asked, held).whole(worker.read(asked))
    finally:
        worker.close()
    assert {mail.key: (mail.text, mail.problem) for mail in found} == {"k1": ("And this.\n\nhi", ""), "k2": ("", ENDED)}
    assert {mail.sender.email for mail in found if mail.sender} == {"a@b.example"}


DEADLY = """
import os, sys
sys.path.insert(0, sys.argv[1])
from providers import worker_child
plain = worker_child.read
worker_child.read = lambda raw: os._exit(9) if b"boom" in b"".join(raw.chunks) else plain(raw)
worker_child.serve()
"""


def test_a_mail_that_was_set_aside_reaches_the_store_in_its_thread(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.worker.START", DEADLY)
    head = b"From: Ann <ann@a.example>\r\nMessage-ID: <m%d@x>\r\nReferences: <m0@x>\r\nSubject: s\r\n\r\n%s"
    held = [Stored(head % (number, b"boom" if number == 2 else b"fine"), "") for number in range(4)]
    with gmail_at(Gmail({"[Gmail]/All Mail": held})) as port:
        mailbox = ImapMailbox(ImapSettings("127.0.0.1", port, "none", "me", lambda: "secret", timeout=20))
        try:
            pages = list(mailbox.changes(""))
        finally:
            mailbox.close()
    with store.write() as change:
        account = mails.account_number(change, "work", "imap", "me@x.example")
        assert sum(arrival.apply_page(store, change, account, page) for page in pages) == 4
    with store.read() as connection:
        (thread,) = mails.thread_mails(connection, mails.changed_threads(connection, account)).values()
    assert {mail.message_id: mail.problem for mail in thread.mails} == {
        "<m0@x>": "", "<m1@x>": "", "<m2@x>": ENDED, "<m3@x>": "",
    }  # fmt: skip
