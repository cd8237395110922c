"""Reads what is new in a mailbox, newest first, a page at a time; changes nothing on the server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from providers.base import Mail, Moved, Page, Role, Sweep, Unreachable
from providers.folders import Folder
from providers.imap import gmail_labels as imap_gmail
from providers.imap import server as imap_server
from providers.imap.cursor import Cursor, Reached
from providers.imap.letter import Raw, date_of, fetched, internal_date, wanted
from providers.imap.missing import Half, Lookup, look_up
from providers.imap.server import State
from providers.imap.wire import Wire, uid_list, uid_set
from providers.mail.mime import Where, quarantined
from providers.worker import Worker
from providers.worker_child import Job, Result

FIRST_PAGE = 200
"""Somebody waits for the first page; the others are larger, for each costs a round trip and a commit."""
PAGE = 500
"""Mails of one step, which is stored whole: a crash costs one page."""
RECENT = 200
"""Mails per folder whose flags are looked at again where the server does not number changes (no CONDSTORE)."""
LAST_UID = 2**32
"""UIDs have 32 bits (RFC 9051, 2.3.1.1)."""
COUNTS = 3
"""Mail that comes and goes while it is counted may need another count."""
UNTOLD = "The mail server could not tell how it is made."
LATEST = datetime.max.replace(tzinfo=UTC)
ORDER = (Role.INBOX, Role.SENT, Role.ALL, Role.ARCHIVE, Role.OTHER, Role.DRAFTS, Role.JUNK, Role.TRASH)


@dataclass(slots=True)
class Backlog:
    """Mails of one folder that are still to be read, ascending."""

    folder: Folder
    uids: list[int]
    reached_back: datetime = LATEST


@dataclass(frozen=True, slots=True)
class PendingPage:
    """A page of history that was asked for and is not stored yet."""

    backlog: Backlog
    tag: bytes
    low: int
    """The cursor of the folder once this page is stored; pages asked for after it must not count yet."""
    uids: list[int]


@dataclass(slots=True)
class SyncRound:
    """One round of reading over a connection."""

    wire: Wire
    worker: Worker
    folders: list[Folder]
    capabilities: frozenset[str]
    cursor: Cursor
    since: int = 0
    """Seconds since 1970: of mail that came before, only the plain text is read where there is one."""
    states: dict[str, State] = field(default_factory=dict)
    """What is known of the folders already."""
    done: int = 0
    total: int = 0
    swept: list[Sweep] = field(default_factory=list)

    @property
    def qresync(self) -> bool:
        return "QRESYNC" in self.capabilities

    def pages(self) -> Iterator[Page]:
        """All pages of this round; none when nothing changed."""
        untold = [one for one in self.folders if one.ident not in self.states]
        states = self.states | imap_server.states(self.wire, untold, self.capabilities)
        self._all_told(states)
        lost = self._forget_lost()
        changed = [one for one in self.folders if self._differs(one, states[one.ident])]
        fresh: list[tuple[Folder, list[int]]] = []
        if any(states[one.ident].count for one in changed):
            self.worker.start()
        for folder in changed:
            known = self.cursor.folders.get(folder.ident)
            state = states[folder.ident]
            if known is None or known.validity != state.validity:
                self._begin(folder, state)
            else:
                yield from self._update(folder, known, state, fresh)
        if self.swept:
            yield self._page(swept=tuple(self.swept))
        for folder, uids in fresh:
            yield from self._fetch_new(folder, uids)
        yield from self._backfill(states)
        if lost:
            yield self._page()
            raise Unreachable("The mail server left out a folder it named before. It will be asked once more.")

    def _all_told(self, states: dict[str, State]) -> None:
        """A look is complete or it failed: each folder has a state, and none is older than what was read."""
        for folder in self.folders:
            state, known = states.get(folder.ident), self.cursor.folders.get(folder.ident)
            if state is None:
                raise Unreachable("The mail server said nothing of one of its folders. It will be asked again.")
            if known is not None and known.validity == state.validity and state.next < known.next:
                raise Unreachable("The mail server showed an older state than before. It will be asked again.")

    def _forget_lost(self) -> bool:
        """A folder that is gone twice in a row is gone. True where one is missing for the first time."""
        present = {folder.ident for folder in self.folders}
        for ident in present & self.cursor.folders.keys():
            self.cursor.folders[ident].missed = 0
        first = False
        for ident in [one for one in self.cursor.folders if one not in present]:
            if not self.cursor.folders[ident].missed:
                self.cursor.folders[ident].missed, first = 1, True
                continue
            lost = self.cursor.folders.pop(ident)
            self.swept.append(Sweep(lost.name, f"{ident}/0/"))
        return first

    def _differs(self, folder: Folder, state: State) -> bool:
        known = self.cursor.folders.get(folder.ident)
        if known is None:
            return True
        now = (state.validity, state.next, state.count, state.modseq)
        return (known.validity, known.next, known.count, known.modseq) != now

    def _begin(self, folder: Folder, state: State) -> None:
        if folder.ident in self.cursor.folders:
            self.swept.append(Sweep(folder.name, f"{folder.ident}/{state.validity}/"))
        reached = Reached(folder.name, state.validity, state.next, state.next, state.modseq, state.count)
        self.cursor.folders[folder.ident] = reached
        if not state.count:
            reached.low = 1

    def _update(
        self, folder: Folder, known: Reached, state: State, fresh: list[tuple[Folder, list[int]]]
    ) -> Iterator[Page]:
        """Flags and departures of known mails at once; new mails are noted for after that."""
        self._select(folder)
        changed, present = self._changes(known, state)
        prefix = f"{folder.ident}/{known.validity}/"
        moved = tuple(
            moved_in(folder, f"{prefix}{uid}", flags, marks)
            for uid, (flags, marks) in changed.flags.items()
            if uid >= known.low
        )
        gone = tuple(f"{prefix}{uid}" for uid in changed.gone)
        new = imap_server.all_uids(self.wire, known.next, state.next) if state.next > known.next else []
        self._counted(folder, known.count - len(changed.gone) + len(new) if present is None else len(present), state)
        known.modseq, known.count = state.modseq, state.count
        if present is not None:
            known.have = uid_set(present).decode() if present else ""
        if new:
            fresh.append((folder, new))
        known.next = known.next if new else state.next
        if moved or gone or not new:
            yield self._page(moved=moved, gone=gone)

    def _changes(self, known: Reached, state: State) -> tuple[imap_server.Changed, list[int] | None]:
        changed = imap_server.Changed({}, ())
        if known.modseq and state.modseq > known.modseq:
            changed = imap_server.changed_since(
                self.wire,
                known.next,
                known.modseq,
                vanished=self.qresync,
                labels=imap_gmail.EXTENSION in self.capabilities,
            )
        if self.qresync:
            return changed, None
        present = imap_server.all_uids(self.wire, 1, state.next)
        before = set(uid_list(known.have.encode())) if known.have else set()
        gone = tuple(sorted(before - set(present)))
        if not known.modseq:
            recent = [uid for uid in present if uid < known.next][-RECENT:]
            changed = imap_server.recent_flags(self.wire, recent)
        return replace(changed, gone=gone), present

    def _counted(self, folder: Folder, found: int, state: State) -> None:
        """As many mails as the server says there are, or what it listed is not all of them."""
        for _ in range(COUNTS):
            if found == state.count:
                return
            # Mail may have come or gone since; both numbers are asked for in one state of the folder.
            there = imap_server.opened(self.wire, folder)
            found, state = len(imap_server.all_uids(self.wire, 1, LAST_UID)), replace(state, count=there)
        raise Unreachable("The mail server listed fewer mails than it says it has. It will be asked again.")

    def _fetch_new(self, folder: Folder, uids: list[int]) -> Iterator[Page]:
        """Arrivals, oldest first, so that the cursor can follow."""
        self.total += len(uids)
        reached = self.cursor.folders[folder.ident]
        for start in range(0, len(uids), PAGE):
            part = uids[start : start + PAGE]
            self._select(folder)
            asked = request(part, folder.role, self.capabilities)
            mails = self._finish(folder, self._take(self.wire.command(*asked), folder))
            mails = self._all_of(folder, part, mails)
            reached.next = part[-1] + 1
            yield self._page(mails=tuple(mails))

    def _backfill(self, states: dict[str, State]) -> Iterator[Page]:
        """History, newest first over all folders together."""
        found = (self._backlog(folder, states[folder.ident]) for folder in self.folders)
        backlogs = [one for one in found if one is not None]
        self.total += sum(len(one.uids) for one in backlogs)
        asked = self._ask(backlogs, FIRST_PAGE)
        if asked is None:
            return
        # The first page is read alone: somebody waits for it.
        yield self._history(asked, self._finish(asked.backlog.folder, self._arrived(asked)))
        yield from self._flow(backlogs)

    def _flow(self, backlogs: list[Backlog]) -> Iterator[Page]:
        """Page after page, so that the server, the worker and the caller each have one to work on."""
        asked = self._ask(backlogs, PAGE)
        read: tuple[PendingPage, list[Raw]] | None = None
        missing: tuple[PendingPage, Lookup] | None = None
        last: tuple[PendingPage, Half] | None = None
        while asked is not None or read is not None or missing is not None or last is not None:
            again = (missing[0], missing[1].half(self.wire)) if missing is not None else None
            arrived = (asked, self._arrived(asked)) if asked is not None else None
            jobs: list[Job] = [*(again[1].jobs if again else ()), *(arrived[1] if arrived else ())]
            results = self.worker.swap(jobs)
            seconds = len(last[1].jobs) if last is not None else 0
            missing = (read[0], self._look_up(*read, results[seconds:])) if read is not None else None
            asked, read = self._ask(backlogs, PAGE), arrived
            page = self._history(last[0], last[1].whole(results[:seconds])) if last is not None else None
            last = again
            if page is not None:
                yield page

    def _backlog(self, folder: Folder, state: State) -> Backlog | None:
        reached = self.cursor.folders.get(folder.ident)
        if reached is None or reached.low <= 1:
            return None
        self._select(folder)
        present = imap_server.all_uids(self.wire, 1, state.next)
        self._counted(folder, len(present), state)
        uids = [uid for uid in present if uid < reached.low]
        if not self.qresync and not reached.have:
            reached.have = uid_set(present).decode() if present else ""
        if not uids:
            reached.low = 1
            return None
        return Backlog(folder, uids)

    def _ask(self, backlogs: list[Backlog], size: int) -> PendingPage | None:
        waiting = [one for one in backlogs if one.uids]
        if not waiting:
            return None
        backlog = max(waiting, key=lambda one: (one.reached_back, -ORDER.index(one.folder.role)))
        part, backlog.uids = backlog.uids[-size:], backlog.uids[:-size]
        self._select(backlog.folder)
        tag = self.wire.ahead(*request(part, backlog.folder.role, self.capabilities))
        return PendingPage(backlog, tag, part[0] if backlog.uids else 1, part)

    def _arrived(self, asked: PendingPage) -> list[Raw]:
        raws = self._take(asked.tag, asked.backlog.folder)
        # Only the order of pages depends on this guess; the true dates come from the worker a page later.
        dates = [found for found in (date_of(raw.chunks) for raw in raws[:1]) if found]
        asked.backlog.reached_back = dates[0] if dates else asked.backlog.reached_back
        return raws

    def _history(self, asked: PendingPage, mails: list[Mail]) -> Page:
        folder = asked.backlog.folder
        mails = self._all_of(folder, asked.uids, mails)
        self.cursor.folders[folder.ident].low = asked.low
        return self._page(mails=tuple(sorted(mails, key=lambda mail: mail.received, reverse=True)))

    def _take(self, tag: bytes, folder: Folder) -> list[Raw]:
        reached = self.cursor.folders[folder.ident]
        where = Where(f"{folder.ident}/{reached.validity}/", None, folder.name, folder.role)
        return [Raw(where, chunks, since=self.since) for chunks in self.wire.responses(tag) if len(chunks) > 1]

    def _finish(self, folder: Folder, raws: list[Raw]) -> list[Mail]:
        self._select(folder)
        found = look_up(self.wire, raws, self.worker.read(raws)).half(self.wire)
        return found.whole(self.worker.read(found.jobs))

    def _look_up(self, asked: PendingPage, raws: list[Raw], results: list[Result]) -> Lookup:
        self._select(asked.backlog.folder)
        return look_up(self.wire, raws, results)

    def _all_of(self, folder: Folder, uids: list[int], mails: list[Mail]) -> list[Mail]:
        """Every mail that was asked for and is still there; one the server cannot take apart is unreadable."""
        missing = set(uids) - {int(mail.key.rpartition("/")[2]) for mail in mails}
        if not missing:
            return mails
        self._select(folder)
        there = missing & set(imap_server.all_uids(self.wire, min(missing), max(missing) + 1))
        reached = self.cursor.folders[folder.ident]
        where = Where(f"{folder.ident}/{reached.validity}/", None, folder.name, folder.role)
        found = {uid: unreadable(self.wire, where, uid) for uid in sorted(there)}
        if any(mail is None for mail in found.values()):
            raise Unreachable("The mail server left out mails it says it has. It will be asked again.")
        return [*mails, *(mail for mail in found.values() if mail is not None)]

    def _select(self, folder: Folder) -> None:
        if self.wire.selected != folder.ident:
            imap_server.select(self.wire, folder)

    def _page(
        self, mails: tuple[Mail, ...] = (), moved: tuple[Moved, ...] = (), gone: tuple[str, ...] = (),
        swept: tuple[Sweep, ...] = (),
    ) -> Page:  # fmt: skip
        self.done += len(mails)
        return Page(self.cursor.written(), mails, moved, gone, swept, self.done, max(self.total, self.done))


def moved_in(folder: Folder, key: str, flags: frozenset[str], marks: tuple[bytes, ...] | None) -> Moved:
    """What became of a known mail; its labels count where the server has labels."""
    if marks is None:
        return Moved(key, flags, None, folder.name, folder.role)
    role = imap_gmail.role_of(folder.role, marks)
    return Moved(key, flags | imap_gmail.flags_of(marks), imap_gmail.labels_of(marks), folder.name, role)


def request(uids: list[int], role: Role, capabilities: frozenset[str]) -> tuple[bytes, bytes, bytes]:
    """The one FETCH a page needs."""
    more = b" X-GM-THRID X-GM-LABELS" if imap_gmail.EXTENSION in capabilities else b""
    return b"UID FETCH", uid_set(uids), b"(" + wanted(role) + more + b")"


def unreadable(wire: Wire, where: Where, uid: int) -> Mail | None:
    """A mail of which the server gives no more than its header; None where it gives not even that."""
    for chunks in wire.run(b"UID FETCH", b"%d" % uid, b"(UID INTERNALDATE BODY.PEEK[HEADER])"):
        said = fetched(chunks)
        head = said.get(b"BODY[HEADER]")
        if said.get(b"UID") == b"%d" % uid and isinstance(head, bytes):
            kept = replace(where, key=f"{where.key}{uid}", received=internal_date(said.get(b"INTERNALDATE")))
            return quarantined(kept, head, UNTOLD)
    return None
