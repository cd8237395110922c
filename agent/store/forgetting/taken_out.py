"""What is left of a mail that has to do with somebody who was forgotten: itself without them, a stub, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC
from itertools import islice

from agent.decide.machines.carriers import is_robot
from agent.decide.machines.reports import DAEMON
from agent.decide.threads.people import is_me
from agent.decide.threads.threads import returned
from providers.base import Address, Attachment, Mail, Part, Role
from providers.mail import addresses
from providers.mail.delivery import TRACES

GONE = "(forgotten)"
SOMEBODY = "somebody@forgotten.invalid"
"""Stands for their address where machines read one; it leads nowhere."""
FROM_THEM = "A mail of somebody who was to be forgotten was here."
TO_THEM = "A mail of yours to somebody who was to be forgotten was here."
CALENDAR = ("text/calendar", "application/ics")
FOLD = re.compile(r"\r?\n[ \t]")
MOST_NAMES = 100
"""Nobody is called by more; each is looked for at every place of every text."""
STUBS = (FROM_THEM, TO_THEM)
REPORTED = re.compile(
    r"^(?:final|original)-recipient:[^\n;]{0,99};\s{0,80}<?([^\s<>;]{1,320})", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Without:
    """How a person is known, and what stands in their place."""

    gone: Callable[[str], bool]
    """Whether an address is theirs."""
    words: Callable[[str, str], str]
    """A text with something else for each of their addresses."""
    veiled: Callable[[str], str]
    """A Message-ID, by another name if it is of a mail of theirs."""
    own: Collection[str]
    """The user's addresses."""
    names: re.Pattern[str] | None = None


def full_names(mails: Iterable[Mail], gone: Callable[[str], bool]) -> frozenset[str]:
    """What those who are gone are called; one word alone is the name of many."""
    people = (one for mail in mails for one in (*_people(mail), *_in_headers(mail)))
    names = (one.name for one in people if len(one.name.split()) > 1 and gone(one.key))
    return frozenset(islice(dict.fromkeys(names), MOST_NAMES))


def named(names: Iterable[str]) -> re.Pattern[str] | None:
    """Finds these names, also with the last word in front; the longest first."""
    listed = list(names)
    turned = [form for name in listed for form in _turned(name.replace(",", " ").split())]
    longest = sorted({*listed, *turned}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest)), re.IGNORECASE) if longest else None


def _turned(words: list[str]) -> Iterator[str]:
    for first, rest in ((words[:-1], words[-1:]), (words[-1:], words[:-1]), (words[1:], words[:1])):
        yield " ".join((*first, *rest))
        yield f"{' '.join(first)}, {' '.join(rest)}"


def _people(mail: Mail) -> Iterator[Address]:
    yield from (*([mail.sender] if mail.sender else []), *mail.recipients, *mail.reply_to)


def _in_headers(mail: Mail) -> list[Address]:
    values = [value for values in mail.headers.values() for value in values if "@" in value and len(value) < 2_000]
    found = list[Address]()
    for value, read in zip(values, addresses.read_each((value,) for value in values), strict=True):
        found += map(Address, addresses.possible((value,))) if read is None else read
    return found


def carried(mail: Mail) -> Iterable[str]:
    """Every text of a mail, but for its words, that may name somebody it is from, to or about."""
    yield from (one.email for one in _people(mail))
    yield from (*mail.failed, *mail.possible_writers, *mail.possible_recipients)
    yield from (value for values in mail.headers.values() for value in values)
    yield from (part.text for part in mail.parts)


def theirs(mail: Mail, without: Without) -> bool:
    """From them, of the user's to nobody else, or a machine's report on nothing but mail to them."""
    if mail.writers and all(map(without.gone, mail.writers)):
        return True
    return to_them_alone(mail, without) or _reports_on_them(mail, without.gone)


def to_them_alone(mail: Mail, without: Without) -> bool:
    """Of the user's, and to nobody else."""
    if mail.sender is None or not is_me(mail.sender.key, without.own):
        return False
    people = {one.key for one in mail.recipients if not is_me(one.key, without.own)}
    return bool(people) and all(map(without.gone, people))


def _reports_on_them(mail: Mail, gone: Callable[[str], bool]) -> bool:
    if mail.sender is not None and not (DAEMON.match(mail.sender.key) or is_robot(mail.sender.key)):
        return False
    failed = set(addresses.possible(mail.headers.get("x-failed-recipients", ())))
    failed |= {name for part in mail.parts for name in REPORTED.findall(part.text)} | set(mail.failed)
    return bool(failed) and all(gone(name.lower()) for name in failed)


def answers(mail: Mail) -> frozenset[str]:
    """The mails it names."""
    return frozenset((*mail.in_reply_to, *mail.references, *returned(mail)))


def stub(mail: Mail, without: Without, name: str) -> Mail:
    """That there was a mail, when, and where it belongs; nobody can tell whose, or what it said."""
    ours = to_them_alone(mail, without)
    came = {name: mail.headers[name] for name in TRACES if ours and name in mail.headers}
    bare = replace(
        mail, message_id=mail.message_id if ours else name, to=(), cc=(), bcc=(),
        sender=mail.sender if ours else None, reply_to=(), subject="", text="", parts=(), attachments=(), failed=(),
        headers=came, date=mail.date.astimezone(UTC) if mail.date else None, size=0, web="",
        references=tuple(dict.fromkeys((*mail.references, *returned(mail)))),
        # What has no writer and lies among drafts would be taken for a draft.
        role=Role.OTHER if mail.role is Role.DRAFTS and not ours else mail.role, flags=mail.flags - {"draft"},
        problem=TO_THEM if ours else FROM_THEM, possible_writers=(), possible_recipients=(),
    )  # fmt: skip
    return cleaned(bare, without)


def _unfolded(part: Part) -> str:
    """Its lines whole; calendars are cut anywhere, also within an address."""
    return FOLD.sub("", part.text) if part.content_type.lower().startswith(CALENDAR) else part.text


def cleaned(mail: Mail, without: Without) -> Mail:
    """A mail of others, or of the user's to others too, without them; it says what it said."""

    def bare(text: str) -> str:
        return _unnamed(without.words(text, GONE))

    def plain(text: str) -> str:
        return _unnamed(without.words(text, SOMEBODY))

    def _unnamed(text: str) -> str:
        return without.names.sub(GONE, text) if without.names else text

    def left(people: tuple[Address, ...]) -> tuple[Address, ...]:
        return tuple(Address(one.email, bare(one.name)) for one in people if not without.gone(one.key))

    return replace(
        mail, sender=next(iter(left((mail.sender,))), None) if mail.sender else None,
        to=left(mail.to), cc=left(mail.cc), bcc=left(mail.bcc), reply_to=left(mail.reply_to),
        subject=bare(mail.subject), text=bare(mail.text), problem=bare(mail.problem),
        in_reply_to=tuple(map(without.veiled, mail.in_reply_to)),
        references=tuple(map(without.veiled, mail.references)),
        headers={name: tuple(map(plain, values)) for name, values in mail.headers.items()},
        parts=tuple(Part(part.content_type, plain(_unfolded(part)), bare(part.name)) for part in mail.parts),
        attachments=tuple(Attachment(bare(file.name), file.content_type, file.size) for file in mail.attachments),
        possible_writers=tuple(one for one in mail.possible_writers if not without.gone(one)),
        possible_recipients=tuple(one for one in mail.possible_recipients if not without.gone(one)),
        failed=tuple(SOMEBODY if without.gone(name.lower()) else name for name in mail.failed),
        labels=tuple(map(bare, mail.labels)), folder=bare(mail.folder), web=plain(mail.web),
    )  # fmt: skip
