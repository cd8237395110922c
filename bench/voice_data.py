"""Splits the development authors into pools that never meet; never writes a line of their mail anywhere."""

from __future__ import annotations

import json
import lzma
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from voice.brief import Brief, Message
from voice.languages.pack import pack
from voice.languages.quotes import typed
from voice.languages.text import words
from voice.learning.corpus import Corpus, SentMail
from voice.learning.parts import split
from voice.writing.asks import find

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "voice-dev.jsonl.xz"
ITEMS_EACH = 8
RECEIVED_EACH = 12


def digest(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:6], "big")


@dataclass(frozen=True)
class Item:
    """One quiet mail and a real short mail of the same author; neither is in a pool."""

    author: str
    quiet: SentMail
    real: SentMail
    brief: Brief


@dataclass(frozen=True)
class Author:
    id: str
    held_out: bool
    drafter: list[SentMail]
    judge: list[SentMail]
    items: list[Item]


def load(path: Path = DATA) -> list[Author]:
    """All authors; a third is held out by a hash of the id and never looked at while tuning."""
    mails: dict[str, list[SentMail]] = defaultdict(list)
    names: dict[str, str] = {}
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            if row["type"] == "author":
                names[row["id"]] = row["name"]
            else:
                at = datetime.fromtimestamp(row["ts"], UTC)
                name = (row["to"] or [""])[0]
                mails[row["id"]].append(SentMail(f"{row['id']}-{number}", at, row["text"], row["subject"], (), name))
    held = set(sorted(mails, key=lambda name: digest("held out " + name))[: len(mails) // 3])
    return [_author(name, group, name in held) for name, group in sorted(mails.items())]


def _author(name: str, mails: list[SentMail], held: bool) -> Author:
    ordered = sorted(mails, key=lambda mail: digest(mail.text))
    quiet = [mail for mail in ordered if _asks(mail)][:ITEMS_EACH]
    taken = {mail.id for mail in quiet}
    short = [mail for mail in ordered if mail.id not in taken and 8 <= len(words(typed(mail.text))) <= 45][:ITEMS_EACH]
    taken |= {mail.id for mail in short}
    rest = [mail for mail in ordered if mail.id not in taken]
    items = [Item(name, one, other, brief(one)) for one, other in zip(quiet, short, strict=False)]
    drafter = [mail for mail in rest if digest(mail.text) % 2 == 0]
    return Author(name, held, drafter, [mail for mail in rest if digest(mail.text) % 2], items)


def _asks(mail: SentMail) -> bool:
    """A mail of this author that asks something; the rule is a question mark in their own text."""
    body = split(typed(mail.text), pack("en")).body
    return "?" in body and 12 <= len(words(body)) <= 250 and bool(find(body, pack("en")) or digest(mail.text) % 4 == 0)


def brief(mail: SentMail) -> Brief:
    """The mail as a thread that went quiet 3 to 40 days ago."""
    days = (3, 4, 5, 7, 8, 10, 14, 24, 35)[digest(mail.id + mail.text) % 9]
    return Brief(
        now=mail.at + timedelta(days=days),
        own=(Message(mail.at, mail.text, mail.subject),),
        subject=mail.subject,
        recipient_name=mail.to_name,
    )


def received(authors: list[Author], author: Author, most: int = RECEIVED_EACH) -> list[str]:
    """Mail of other people, as an inbox would hold it; none of it is in a judge's pool."""
    return [mail.text for other in authors if other.id != author.id for mail in other.drafter[:most]]


def corpus(mails: list[SentMail]) -> Corpus:
    made = Corpus(("en",))
    made.add(mails)
    return made
