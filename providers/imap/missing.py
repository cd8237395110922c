"""What a first look at mails left open: asks the server for the missing parts, and puts each mail together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from providers.base import Mail
from providers.imap.letter import Pages, Raw, Want, fetched
from providers.imap.wire import Wire, uid_set
from providers.mail import mime
from providers.worker_child import Job, Result

Open = tuple[Raw, Want]
Parts = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Group:
    """The same parts asked for of several mails."""

    tag: bytes
    uids: frozenset[int]
    paths: tuple[str, ...]

    def parts(self, wire: Wire) -> dict[int, Parts]:
        """What came of each, by UID and path; a mail of which not all of them came is left out.

        A server may speak of the same mail once more, as when somebody marks it read meanwhile: that takes nothing
        back.
        """
        names = {b"BODY[%s]<0>" % path.encode(): path for path in self.paths}
        found: dict[int, Parts] = {}
        for chunks in wire.responses(self.tag):
            said = fetched(chunks)
            uid = said.get(b"UID")
            if isinstance(uid, bytes) and uid.isdigit():
                told = found.setdefault(int(uid), {})
                for name, body in said.items():
                    if name in names and isinstance(body, bytes):
                        told.setdefault(names[name], body)
        return {uid: parts for uid, parts in found.items() if len(parts) == len(names)}


@dataclass(frozen=True, slots=True)
class Half:
    """The mails of a page: those that are read, and those the worker must look at once more."""

    mails: list[Mail]
    jobs: list[Job]
    held: list[Mail | None]
    """For each job the mail as far as it is read."""

    def whole(self, results: Sequence[Result]) -> list[Mail]:
        """All mails of the page, with what the worker found in its second look."""
        pairs = zip(self.held, results, strict=True)
        return [*self.mails, *(mail for held, found in pairs if (mail := _together(held, found)) is not None)]


@dataclass(frozen=True, slots=True)
class Lookup:
    """A page after the first look, and what was asked for of it."""

    read: list[Mail]
    opened: dict[int, Open]
    asked: list[Group]

    def half(self, wire: Wire) -> Half:
        """The page as far as it is read, with the parts that came."""
        jobs: list[Job] = []
        held: list[Mail | None] = []
        for group in self.asked:
            # One that is left out is not read at all, so that the page must account for it.
            for uid, parts in group.parts(wire).items():
                if uid in group.uids:
                    raw, one = self.opened[uid]
                    jobs.append(_job(raw, one, parts))
                    held.append(one.mail)
        return Half(self.read, jobs, held)


def look_up(wire: Wire, raws: list[Raw], results: Sequence[Result]) -> Lookup:
    """Ask in the folder that is selected for what a first look left open; the answers are read later."""
    read = [one for one in results if isinstance(one, Mail)]
    opened = {one.uid: (raw, one) for raw, one in zip(raws, results, strict=True) if isinstance(one, Want)}
    return Lookup(read, opened, _ask(wire, opened))


def _together(held: Mail | None, found: Result) -> Mail | None:
    if held is None:
        return found if isinstance(found, Mail) else None
    if isinstance(found, str):
        return replace(held, text=mime.with_more(held.text, found)) if found else held
    # Its page ended the worker: then its plain text tells only half of it.
    return replace(held, text="", problem=found.problem) if isinstance(found, Mail) else None


def _job(raw: Raw, one: Want, parts: Parts) -> Job:
    if one.mail is None:
        return Raw(raw.where, raw.chunks, parts, tried=True, since=raw.since)
    bodies = (parts[path] for path in one.paths)
    leaves = tuple(replace(leaf, body=body) for leaf, body in zip(one.pages, bodies, strict=True))
    return Pages(replace(raw.where, key=one.mail.key, received=one.mail.received), one.mail.text, leaves)


def _ask(wire: Wire, opened: dict[int, Open]) -> list[Group]:
    groups: dict[tuple[tuple[str, ...], int], list[int]] = {}
    for uid, (_, one) in opened.items():
        groups.setdefault((one.paths, one.most), []).append(uid)
    asked: list[Group] = []
    for (paths, most), uids in groups.items():
        items = b" ".join(b"BODY.PEEK[%s]<0.%d>" % (path.encode(), most) for path in paths)
        tag = wire.ahead(b"UID FETCH", uid_set(sorted(uids)), b"(UID " + items + b")")
        asked.append(Group(tag, frozenset(uids), paths))
    return asked
