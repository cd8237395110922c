"""The labelled mails and threads as values; some sets are for tuning, others only for the score."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from agent.decide.values import Me
from providers.base import Address, Attachment, Mail, Part, Role
from tests.judgement.dressing import dressed

HERE = Path(__file__).parent
ME = Me(name="Sam Okafor", addresses=("sam@mine.example",), zone="Europe/Paris")
SENT = datetime(2026, 3, 10, 10, 30, tzinfo=timezone(timedelta(hours=1)))
ASK = "Could you send me your decision on the proposal?"
PRESETS: dict[str, dict[str, str]] = {
    "": {},
    "auto": {"auto-submitted": "auto-replied"},
    "autogen": {"auto-submitted": "auto-generated"},
    "suppress": {"x-auto-response-suppress": "All"},
    "exchange": {"auto-submitted": "auto-generated", "x-auto-response-suppress": "All"},
    "list": {"list-id": "<dev.partner.example>", "precedence": "list"},
    "jira": {"auto-submitted": "auto-generated", "precedence": "bulk", "x-jira-fingerprint": "1"},
    "ticket": {"auto-submitted": "auto-replied", "precedence": "bulk"},
    "robot": {"auto-submitted": "auto-generated"},
    "newsletter": {"list-unsubscribe": "<https://partner.example/u>", "precedence": "bulk"},
}


@dataclass(frozen=True)
class Case:
    """One labelled mail."""

    name: str
    mail: Mail
    meaning: str
    until: str | None
    delegate: str | None
    trap: bool
    held_out: bool
    ask: str
    skip_date: bool
    language: str


def _address(text: str) -> Address:
    name, email = parseaddr(text)
    return Address(email, name)


def _parts(entry: dict[str, Any]) -> tuple[Part, ...]:
    parts = [Part(*entry["part"])] if "part" in entry else []
    return (*parts, *([Part("text/rfc822-headers", entry["headers_part"])] if "headers_part" in entry else []))


def _headers(entry: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    named = {**PRESETS[entry.get("h", "")], **entry.get("hd", {})}
    return {name: (value,) for name, value in named.items()}


def mail_of(entry: dict[str, Any], key: str) -> Mail:
    """One labelled mail; a fresh one answers no mail of ours."""
    fresh = entry.get("fresh", False)
    return Mail(
        key=key,
        message_id=f"<{key}@partner.example>",
        date=SENT,
        received=SENT.astimezone(UTC) + timedelta(minutes=1),
        sender=_address(entry.get("from", "Ann Lee <ann@partner.example>")),
        to=(Address("sam@mine.example", "Sam Okafor"),),
        cc=tuple(_address(item) for item in entry.get("cc", ())),
        subject=entry.get("s", "Re: Proposal"),
        in_reply_to=() if fresh else ("<own1@mine.example>",),
        references=() if fresh else ("<own1@mine.example>",),
        headers=_headers(entry),
        text=dressed(entry["b"], entry.get("w", ""), entry.get("l", "en")),
        parts=_parts(entry),
        attachments=(Attachment(entry["attached"], "application/pdf", 40_000),) if "attached" in entry else (),
        failed=tuple(entry.get("failed", ())),
        role=Role(entry.get("role", "inbox")),
    )


def cases(folder: str = "mails") -> list[Case]:
    """Every labelled mail of a set."""
    found = []
    for file in sorted((HERE / folder).glob("*.toml")):
        for number, entry in enumerate(tomllib.loads(file.read_text())["mails"]):
            key = f"{file.stem}{number}"
            found.append(
                Case(
                    key, mail_of(entry, key), entry["m"], entry.get("u"), entry.get("d"), entry.get("t", False),
                    number % 2 == 1, entry.get("ask", ""), entry.get("skipdate", False), entry.get("l", "en"),
                )
            )  # fmt: skip
    return found
