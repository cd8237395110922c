"""Gives every stored mail its thread, a page at a time and in any order; never looks at a subject."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from sqlalchemy import Connection, and_, bindparam, delete, func, literal, select, update

from agent.decide.threads.threads import Joined, Node, names, node, root_of
from agent.store.base.engine import insert_many
from agent.store.base.rows import table_of
from agent.store.base.tables import EnrolmentRow, FollowupRow, MailRow, ReferenceRow, ThreadRow

MAIL = table_of(MailRow)
THREAD = table_of(ThreadRow)
REFERENCE = table_of(ReferenceRow)
ONCE_MORE = THREAD.c.changed + 1
"""Another change of a thread; counted, so that whoever is reading it now cannot take it for read."""
FOLLOWUP = table_of(FollowupRow)
ENROLMENT = table_of(EnrolmentRow)
WRITTEN_TO = and_(THREAD.c.person != "", THREAD.c.reason.not_in(("", "not_mine", "empty")))
"""Threads whose person is somebody the user wrote to; of the others it is whoever wrote to the user."""
HEADS = select(*(literal("").label("body") if column.name == "body" else column for column in MAIL.c))
"""Mails without their texts."""
REFERRING = select(
    MAIL.c.thread_id, MAIL.c.key, MAIL.c.message_id, MAIL.c.written, MAIL.c.received, MAIL.c.origin, MAIL.c.data
)
"""Mails as far as threads are made of them."""
CHUNK = 500
"""Values in one statement, far below SQLite's limit of 32,766, so that each statement stays small."""
Item = TypeVar("Item")


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterable[list[Item]]:
    """Short enough lists for one statement."""
    listed = list(items)
    return (listed[start : start + size] for start in range(0, len(listed), size))


def is_known(connection: Connection, name: str) -> bool:
    """Whether anything here is called so: a mail seen or mentioned, a thread, or what a plan begins."""
    named = (REFERENCE.c.message_id == name, THREAD.c.root == name, FOLLOWUP.c.root == name, ENROLMENT.c.root == name)
    return any(connection.execute(select(where.left).where(where).limit(1)).first() for where in named)


def place(connection: Connection, account: int, nodes: Sequence[Node]) -> list[int]:
    """The thread of each mail; makes threads and joins those that turn out to be one."""
    tied = [names(item) for item in nodes]
    known = _known(connection, account, {name for group in tied for name in group})
    joined = _joined(tied, known)
    targets = _targets(connection, account, joined, tied, known)
    fresh = {name for group in tied for name in group} - known.keys()
    rows = [{"account_id": account, "message_id": name, "thread_id": targets[joined.find(name)]} for name in fresh]
    insert_many(connection, REFERENCE, rows)
    return [targets[joined.find(group[0])] for group in tied]


def _known(connection: Connection, account: int, wanted: set[str]) -> dict[str, int]:
    query = select(REFERENCE.c.message_id, REFERENCE.c.thread_id).where(
        REFERENCE.c.account_id == account, REFERENCE.c.message_id.in_(bindparam("names", expanding=True))
    )
    found: dict[str, int] = {}
    for part in chunks(wanted):
        found.update((row.message_id, row.thread_id) for row in connection.execute(query, {"names": part}))
    return found


def _joined(tied: Sequence[tuple[str, ...]], known: dict[str, int]) -> Joined:
    joined = Joined()
    for group in tied:
        for name in group[1:]:
            joined.join(group[0], name)
    for name, thread in known.items():
        joined.join(("thread", thread), name)
    return joined


def _targets(
    connection: Connection, account: int, joined: Joined, tied: Sequence[tuple[str, ...]], known: dict[str, int]
) -> dict[Hashable, int]:
    """The one thread row each set keeps; others are merged into it, new ones made."""
    rows: dict[Hashable, set[int]] = {}
    for group in tied:
        rows.setdefault(joined.find(group[0]), set())
    for name, thread in known.items():
        rows[joined.find(name)].add(thread)
    new = [top for top, threads in rows.items() if not threads]
    first = (connection.execute(select(func.max(THREAD.c.id))).scalar() or 0) + 1
    numbers = {top: first + index for index, top in enumerate(new)}
    insert_many(connection, THREAD, [{"id": number, "account_id": account} for number in numbers.values()])
    numbers.update({top: min(threads) for top, threads in rows.items() if threads})
    merge(connection, {other: numbers[top] for top, threads in rows.items() for other in threads - {numbers[top]}})
    return numbers


def merge(connection: Connection, targets: dict[int, int]) -> None:
    """Each of these threads turned out to be part of another."""
    moves = [{"other": other, "target": target} for other, target in targets.items()]
    if not moves:
        return
    for table in (MAIL, REFERENCE, FOLLOWUP, ENROLMENT):
        same = update(table).where(table.c.thread_id == bindparam("other"))
        connection.execute(same.values(thread_id=bindparam("target")), moves)
    connection.execute(delete(THREAD).where(THREAD.c.id == bindparam("other")), moves)


def tie(connection: Connection, account: int, message_id: str, thread: int) -> None:
    """A mail that is not here yet belongs to this thread: whatever answers it will lie there too."""
    same = (REFERENCE.c.account_id == account, REFERENCE.c.message_id == message_id)
    known = connection.execute(select(REFERENCE.c.thread_id).where(*same)).scalar()
    if known is None:
        insert_many(connection, REFERENCE, [{"account_id": account, "message_id": message_id, "thread_id": thread}])
    elif known != thread:
        merge(connection, {int(known): thread})
        connection.execute(update(THREAD).where(THREAD.c.id == thread).values(changed=ONCE_MORE))


def name_roots(connection: Connection, threads: set[int], page: dict[int, list[Node]], older: set[int]) -> None:
    """Name each changed thread after its root. `older` are those with mails outside this page."""
    nodes = {thread: page.get(thread, []) for thread in threads - older}
    nodes.update(_stored_nodes(connection, older))
    rows = [{"number": thread, "start": root_of(items)} for thread, items in nodes.items() if items]
    if rows:
        statement = update(THREAD).where(THREAD.c.id == bindparam("number"))
        connection.execute(statement.values(root=bindparam("start"), changed=ONCE_MORE), rows)


def _stored_nodes(connection: Connection, threads: set[int]) -> dict[int, list[Node]]:
    from agent.store.mail.mail_codec import Referring, references_of

    found: dict[int, list[Node]] = {}
    for part in chunks(threads):
        for row in map(Referring._make, connection.execute(REFERRING.where(MAIL.c.thread_id.in_(part)))):
            found.setdefault(row.thread_id, []).append(node(references_of(row)))
    return found
