"""Believable mail from a seed, for benchmarks and tests; the same seed gives the same bytes."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

WORDS = [
    "the",
    "a",
    "we",
    "you",
    "they",
    "proposal",
    "draft",
    "contract",
    "review",
    "budget",
    "launch",
    "meeting",
    "schedule",
    "friday",
    "thanks",
    "question",
    "answer",
    "team",
    "design",
    "figures",
    "update",
    "please",
    "could",
    "would",
    "should",
    "send",
    "look",
    "feedback",
    "on",
    "for",
    "with",
    "from",
    "about",
    "next",
    "week",
    "agenda",
    "invoice",
    "slides",
    "workshop",
    "visit",
    "client",
    "option",
    "plan",
    "detail",
    "change",
    "version",
    "offer",
    "call",
    "note",
    "project",
    "office",
    "quarter",
]
PEOPLE = tuple(f"person{number}@org{number % 17}.example" for number in range(120))
START = datetime(2026, 1, 1, 8, tzinfo=UTC)


def prose(dice: random.Random, size: int) -> str:
    """Some lines of words."""
    lines, line = [], ""
    while size > 0:
        word = dice.choice(WORDS)
        size -= len(word) + 1
        line += word + " "
        if len(line) > 66:
            lines.append(line.rstrip())
            line = ""
    return "\r\n".join([*lines, line.rstrip()]) + "\r\n"


def written(number: int, start: datetime) -> datetime:
    """When a mail was written; one comes every eleven minutes."""
    return start + timedelta(minutes=11 * number)


def head(dice: random.Random, number: int, replies_to: int | None, kind: str, own: str, when: datetime) -> str:
    """Header lines as real programs write them."""
    sender, to = (own, dice.choice(PEOPLE)) if number % 3 == 0 else (dice.choice(PEOPLE), own)
    lines = [
        f"Return-Path: <{sender}>",
        (
            f"Received: from mx{number % 7}.example by mail.example with ESMTPS id {dice.getrandbits(64):x};\r\n"
            f"\t{format_datetime(when)}"
        ),
        (
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=org.example; s=s1;\r\n\tb="
            f"{dice.getrandbits(900):x}"
        ),
        f"From: Person {number % 120} <{sender}>",
        f"To: {to}",
        f"Subject: {'Re: ' if replies_to is not None else ''}{prose(dice, 25).strip()}",
        f"Date: {format_datetime(when)}",
        f"Message-ID: <m{number}@mail.example>",
    ]
    if replies_to is not None:
        lines += [f"In-Reply-To: <m{replies_to}@mail.example>", f"References: <m{replies_to}@mail.example>"]
    return "\r\n".join([*lines, "MIME-Version: 1.0", f"Content-Type: {kind}"]) + "\r\n"


def mail(
    seed: int, number: int, own: str = "me@example.org", attachment: int = 160_000, start: datetime = START
) -> bytes:
    """One mail: a third with HTML, one in twelve with an attachment."""
    dice, when = random.Random(seed * 1_000_003 + number), written(number, start)
    replies_to = number - dice.randrange(1, 9) if number % 2 and number > 10 else None
    text = prose(dice, dice.randrange(150, 1400))
    with_page, with_file = number % 3 == 1, number % 12 == 5
    if not with_page and not with_file:
        kind = "text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit"
        return (head(dice, number, replies_to, kind, own, when) + "\r\n" + text).encode()
    body = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"
    if with_page:
        rows = "".join(f"<p style='margin:0'>{line}</p>" for line in text.split("\r\n"))
        page = f"<html><head><style>p {{color:#222}}</style></head><body>{rows}</body></html>\r\n"
        if number % 15 == 1:
            body = f"Content-Type: text/html; charset=utf-8\r\n\r\n{page}"
        else:
            inner = f"--alt\r\n{body}\r\n--alt\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}\r\n--alt--\r\n"
            body = f'Content-Type: multipart/alternative; boundary="alt"\r\n\r\n{inner}'
    if not with_file:
        kind, _, rest = body.removeprefix("Content-Type: ").partition("\r\n\r\n")
        return (head(dice, number, replies_to, kind, own, when) + "\r\n" + rest).encode()
    data = base64.encodebytes(dice.randbytes(attachment * 3 // 4)).replace(b"\n", b"\r\n").decode()
    file = (
        'Content-Type: application/pdf; name="plan.pdf"\r\nContent-Disposition: attachment; filename="plan.pdf"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{data}"
    )
    whole = f"--mix\r\n{body}\r\n--mix\r\n{file}\r\n--mix--\r\n"
    return (head(dice, number, replies_to, 'multipart/mixed; boundary="mix"', own, when) + "\r\n" + whole).encode()


def mails(seed: int, count: int, attachment: int = 160_000, start: datetime = START) -> Iterator[bytes]:
    """That many mails, oldest first."""
    for number in range(count):
        yield mail(seed, number, attachment=attachment, start=start)


def into_maildir(place: Path, seed: int, count: int, attachment: int = 160_000, newest: datetime | None = None) -> int:
    """Write mails where a server finds them; returns their size. Every third goes to Sent.

    `newest`: when the last of them was written, for what counts back from today.
    """
    import os

    size, start = 0, START
    if newest is not None:
        start = newest.replace(microsecond=0) - timedelta(minutes=11 * (count - 1))
    sent = place / ".Gesendete Elemente"
    for folder in (place, sent):
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True, exist_ok=True)
    for number, raw in enumerate(mails(seed, count, attachment, start)):
        folder = sent if number % 3 == 0 else place
        stamp = int(written(number, start).timestamp())
        file = folder / "cur" / f"{stamp}.M{number:06d}.host,S={len(raw)}:2,S"
        file.write_bytes(raw)
        os.utime(file, (stamp, stamp))
        size += len(raw)
    return size
