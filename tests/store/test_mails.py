"""What was read is what is given back, in any order and after any interruption."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.decide.threads.threads import assemble, gather
from agent.store import arrival
from agent.store.base.engine import Store
from agent.store.base.values import KeptMail
from agent.store.mail import mails as stored
from agent.store.mail import origins
from agent.store.mail.mail_codec import from_row, to_row
from providers.base import Address, Attachment, Mail, Moved, Page, Part, Role, Sweep

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


def mail(number: int, *references: int, **values: object) -> Mail:
    at = NOW + timedelta(minutes=number)
    given: dict[str, object] = {
        "key": f"INBOX/1/{number}", "message_id": f"<m{number}@x.example>", "date": at, "received": at,
        "sender": Address("ann@x.example", "Ann"), "references": tuple(f"<m{n}@x.example>" for n in references),
        "folder": "INBOX",
    }  # fmt: skip
    return Mail(**{**given, **values})  # type: ignore[arg-type]


def add(store: Store, *pages: list[Mail]) -> int:
    with store.write() as change:
        number = stored.account_number(change, "work", "memory", "me@x.example")
    for index, page in enumerate(pages):
        with store.write() as change:
            arrival.apply_page(store, change, number, Page(cursor=str(index), mails=tuple(page)))
    return number


def threads(store: Store) -> dict[str, list[str]]:
    with store.read() as connection:
        numbers = connection.exec_driver_sql("SELECT id FROM thread").scalars().all()
        found = stored.thread_mails(connection, numbers)
        roots = dict(connection.exec_driver_sql("SELECT id, root FROM thread").fetchall())
    return {roots[number]: [item.message_id for item in thread.mails] for number, thread in found.items()}


def test_a_mail_comes_back_as_it_went_in() -> None:
    full = mail(
        1, 0, date=datetime(2026, 3, 4, 5, 6, tzinfo=timezone(timedelta(hours=5, minutes=30))), to=(Address("b@y", "B"),),
        cc=(Address("c@y"),), bcc=(Address("d@y"),), reply_to=(Address("e@y"),), subject="Zażółć", in_reply_to=("<m0@x.example>",),
        headers={"auto-submitted": ("no",), "received": ("a", "b")}, text="Hello\n", parts=(Part("text/calendar", "BEGIN", "x.ics"),),
        attachments=(Attachment("a.pdf", "application/pdf", 9),), failed=("z@y",), role=Role.SENT, thread_hint="t1",
        flags=frozenset({"seen", "flagged"}), labels=("relance/nudge",), size=12, web="https://w", problem="",
    )  # fmt: skip
    again = from_row(KeptMail(**{"id": 1, "heard": 0, **to_row(full, 1, 1)}))
    assert again == full
    assert again.date is not None
    assert again.date.utcoffset() == timedelta(hours=5, minutes=30)


def test_the_same_page_twice_changes_nothing(store: Store) -> None:
    add(store, [mail(0), mail(1, 0)], [mail(0), mail(1, 0)])
    assert threads(store) == {"<m0@x.example>": ["<m0@x.example>", "<m1@x.example>"]}


def test_a_late_mail_joins_two_threads_into_one(store: Store) -> None:
    add(store, [mail(0), mail(2, 1)])
    assert len(threads(store)) == 2
    add(store, [mail(1, 0)])
    assert threads(store) == {"<m0@x.example>": [f"<m{n}@x.example>" for n in range(3)]}


def test_equal_subjects_never_join(store: Store) -> None:
    add(store, [mail(0, subject="Proposal"), mail(1, subject="Re: Proposal")])
    assert len(threads(store)) == 2


def test_a_mail_without_an_id_is_a_thread_of_its_own(store: Store) -> None:
    add(store, [mail(0, message_id=""), mail(1, message_id="")])
    assert len(threads(store)) == 2


def test_what_left_the_mailbox_stays_said(store: Store) -> None:
    number = add(store, [mail(0), mail(1, 0)])
    with store.write() as change:
        arrival.apply_page(store, change, number, Page(cursor="9", gone=("INBOX/1/1",)))
    assert threads(store) == {"<m0@x.example>": ["<m0@x.example>", "<m1@x.example>"]}


def test_a_draft_that_left_its_folder_is_no_draft_any_more(store: Store) -> None:
    origins.settle(store, ["sam@mine.example"], {})
    own = Address("Sam@mine.example")
    number = add(store, [mail(0), mail(1, 0, role=Role.DRAFTS, folder="Drafts", key="Drafts/1/1", sender=own)])
    with store.read() as connection:
        (thread,) = stored.thread_mails(connection, [1]).values()
        assert len(thread.drafts) == 1
    with store.write() as change:
        arrival.apply_page(store, change, number, Page(cursor="9", gone=("Drafts/1/1",)))
    with store.read() as connection:
        (thread,) = stored.thread_mails(connection, [1]).values()
        assert thread.drafts == ()


def test_a_sweep_leaves_what_has_the_new_prefix(store: Store) -> None:
    number = add(store, [mail(0), mail(1)])
    with store.write() as change:
        page = Page(cursor="9", mails=(mail(0, key="INBOX/2/7"),), swept=(Sweep("INBOX", "INBOX/2/"),))
        arrival.apply_page(store, change, number, page)
    with store.read() as connection:
        rows = connection.exec_driver_sql("SELECT key FROM mail WHERE present = 1").scalars().all()
    assert rows == ["INBOX/2/7"]


def test_moved_mails_are_judged_again(store: Store) -> None:
    number = add(store, [mail(0)])
    with store.write() as change:
        change.connection.exec_driver_sql("UPDATE thread SET changed = 0")
        moved = Moved("INBOX/1/0", frozenset({"seen"}), ("relance/nudge",), "Archive", Role.ARCHIVE)
        arrival.apply_page(store, change, number, Page(cursor="9", moved=(moved,)))
    with store.read() as connection:
        assert list(stored.changed_threads(connection, number)) == [1]
        (thread,) = stored.thread_mails(connection, [1]).values()
    assert thread.mails[0].labels == ("relance/nudge",)
    assert thread.mails[0].role is Role.ARCHIVE


def test_a_label_that_was_taken_away_is_gone_and_silence_about_labels_changes_none(store: Store) -> None:
    labelled = replace(mail(0), labels=("relance/nudge", "blue"))
    number = add(store, [labelled])

    def after(labels: tuple[str, ...] | None) -> tuple[str, ...]:
        moved = Moved("INBOX/1/0", frozenset({"seen"}), labels)
        with store.write() as change:
            arrival.apply_page(store, change, number, Page(cursor="9", moved=(moved,)))
        with store.read() as connection:
            (thread,) = stored.thread_mails(connection, [1]).values()
        return thread.mails[0].labels

    assert after(None) == ("relance/nudge", "blue")
    assert after(("blue",)) == ("blue",)
    assert after(()) == ()


def test_a_stranger_reusing_an_id_hides_nothing() -> None:
    real, forged = mail(1), mail(1, key="INBOX/1/99", sender=Address("eve@z.example"))
    assert len(assemble([real, forged]).mails) == 2


@st.composite
def conversations(draw: st.DrawFn) -> list[Mail]:
    size = draw(st.integers(1, 12))
    made = []
    for number in range(size):
        chain = draw(st.lists(st.integers(0, max(number - 1, 0)), max_size=3, unique=True)) if number else []
        made.append(mail(number, *sorted(chain)))
    return draw(st.permutations(made))


@given(conversations(), st.integers(1, 5))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_threads_are_the_same_in_any_order_and_any_pages(store: Store, mails: list[Mail], size: int) -> None:
    with store.write() as change:
        for table in ("mail", "reference", "thread"):
            change.connection.exec_driver_sql(f"DELETE FROM {table}")
    add(store, *[mails[start : start + size] for start in range(0, len(mails), size)])
    expected = {thread.key: [item.message_id for item in thread.mails] for thread in gather(mails)}
    assert threads(store) == expected
    ordered = {
        thread.key: [item.message_id for item in thread.mails] for thread in gather(sorted(mails, key=lambda m: m.key))
    }
    assert ordered == expected
