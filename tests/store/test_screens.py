"""Pages for the screens: the database and the program must put a thread into the same group."""

from __future__ import annotations

from itertools import product

from agent.decide.threads.groups import WORDS, group_of
from agent.decide.threads.quiet import Reason
from agent.store.base.engine import Store, insert_many
from agent.store.mail.mails import ACCOUNT
from agent.store.mail.threading import THREAD
from agent.store.shown import screens

CASES = tuple(product((0, 1), ("", "too_old"), (*Reason, "enrolled", "", "of tomorrow")))


def test_the_database_groups_threads_as_the_program_does(store: Store) -> None:
    with store.write() as change:
        change.connection.execute(ACCOUNT.insert().values(id=1, name="a", provider="memory", address="me@x.example"))
        rows = [
            {
                "id": number,
                "account_id": 1,
                "root": f"<{number}@x>",
                "quiet": quiet,
                "hold": hold,
                "reason": str(reason),
            }
            for number, (quiet, hold, reason) in enumerate(CASES, 1)
        ]
        insert_many(change.connection, THREAD, rows)
    found: dict[str, set[int]] = {group: set() for group in WORDS}
    for number, (quiet, hold, reason) in enumerate(CASES, 1):
        found[group_of(quiet=bool(quiet), hold=hold, reason=str(reason))].add(number)
    with store.read() as connection:
        assert screens.groups(connection, "") == {group: len(numbers) for group, numbers in found.items()}
        for group, numbers in found.items():
            page, total = screens.threads(connection, 0, 1000, "", group)
            assert ({row.id for row in page}, total) == (numbers, len(numbers))
        page, _ = screens.threads(connection, 0, 1000, "", "too_old")
        assert {row.hold or row.reason for row in page} == {"too_old"}
