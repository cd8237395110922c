"""What a first look at mails left open: asks the server for the missing parts, and puts each mail together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from providers.base import Mail
from providers.imap.letter import Pages, Raw, Want, fetched
from providers.imap.wire import Wire, uid_set
from providers.mail import mime
from providers.worker_child import Job, Result

Open = tuple[Raw, Want]
Parts = dict[str, bytes]


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


def half(wire: Wire, raws: list[Raw], results: Sequence[Result]) -> Half:
    """A page after the first look; what is missing is asked for in the folder that is selected."""
    read = [one for one in results if isinstance(one, Mail)]
    opened = {one.uid: (raw, one) for raw, one in zip(raws, results, strict=True) if isinstance(one, Want)}
    jobs: list[Job] = []
    held: list[Mail | None] = []
    for (raw, one), parts in _missing(wire, opened):
        jobs.append(_job(raw, one, parts))
        held.append(one.mail)
    return Half(read, jobs, held)


def _together(held: Mail | None, found: Result) -> Mail | None:
    if held is None:
        return found if isinstance(found, Mail) else None
    if isinstance(found, str):
        return replace(held, text=mime.with_more(held.text, found)) if found else held
    # Its page ended the worker: then its plain text tells only half of it.
    return replace(held, text="", problem=found.problem) if isinstance(found, Mail) else None


def _job(raw: Raw, one: Want, parts: Parts) -> Job:
    if one.mail is None:
        return Raw(raw.where, raw.chunks, parts, tried=True)
    bodies = (parts[path] for path in one.paths)
    leaves = tuple(replace(leaf, body=body) for leaf, body in zip(one.pages, bodies, strict=True))
    return Pages(replace(raw.where, key=one.mail.key, received=one.mail.received), one.mail.text, leaves)


def _missing(wire: Wire, opened: dict[int, Open]) -> Iterator[tuple[Open, Parts]]:
    groups: dict[tuple[tuple[str, ...], int], list[int]] = {}
    for uid, (_, one) in opened.items():
        groups.setdefault((one.paths, one.most), []).append(uid)
    for (paths, most), uids in groups.items():
        got = parts_of(wire, sorted(uids), paths, most)
        # One that is left out is not read at all, so that the page must account for it.
        for uid in got.keys() & set(uids):
            yield opened[uid], got[uid]


def parts_of(wire: Wire, uids: list[int], paths: tuple[str, ...], most: int) -> dict[int, Parts]:
    """Some parts of some mails, by UID and path; a mail of which not all of them came is left out.

    A server may speak of the same mail once more, as when somebody marks it read meanwhile: that takes nothing back.
    """
    names = {b"BODY[%s]<0>" % path.encode(): path for path in paths}
    items = b" ".join(b"BODY.PEEK[%s]<0.%d>" % (path.encode(), most) for path in paths)
    found: dict[int, Parts] = {}
    for chunks in wire.run(b"UID FETCH", uid_set(uids), b"(UID " + items + b")"):
        said = fetched(chunks)
        uid = said.get(b"UID")
        if isinstance(uid, bytes) and uid.isdigit():
            told = found.setdefault(int(uid), {})
            for name, body in said.items():
                if name in names and isinstance(body, bytes):
                    told.setdefault(names[name], body)
    return {uid: parts for uid, parts in found.items() if len(parts) == len(names)}
