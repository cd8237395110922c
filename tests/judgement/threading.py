"""The labelled threads, built into mails and judged."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from agent.decide.threads.quiet import Verdict, WaitHabits, judge, matter_of
from agent.decide.threads.summary import summarise
from agent.decide.threads.threads import assemble
from providers.base import Address, Mail, Origin, Part, Role
from tests.judgement.loading import HERE, ME, PRESETS

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SAM, ANN = Address("sam@mine.example", "Sam Okafor"), Address("ann@partner.example", "Ann Lee")
KINDS = {"auto": "auto", "ticket": "ticket", "left": "auto"}


@dataclass(frozen=True)
class ThreadCase:
    name: str
    entry: dict[str, Any]
    held_out: bool

    @property
    def ordinary(self) -> bool:
        return not self.entry.get("skip") and "at" not in self.entry


def _mail(entry: dict[str, Any], step: str, number: int, stem: str) -> Mail:
    head, _, text = step.partition("|")
    who, day = head.split()
    at = START + timedelta(days=int(day), hours=number)
    mine = who in {"me", "draft"}
    to = tuple(Address(item) for item in entry["to"]) if "to" in entry else (ANN,)
    parts: tuple[Part, ...] = ()
    headers: dict[str, tuple[str, ...]] = {name: (value,) for name, value in PRESETS[KINDS.get(who, "")].items()}
    if who == "bounce":
        parts = (
            Part(
                "message/delivery-status", "Final-Recipient: rfc822; ann@partner.example\nAction: failed\nStatus: 5.1.1"
            ),
        )
    if who == "booked":
        parts = (
            Part(
                "text/calendar",
                "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@partner.example\r\nSUMMARY:Lunch\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            ),
        )
    return Mail(
        key=f"{stem}-{number}", message_id=f"<{stem}-{number}@x.example>", date=at, received=at, sender=SAM if mine else ANN,
        to=to if mine else (SAM,), cc=tuple(Address(item) for item in entry.get("cc", ())) if mine else (),
        subject="Proposal" if number == 0 else "Re: Proposal",
        references=(f"<{stem}-0@x.example>",) if number else (), in_reply_to=(f"<{stem}-0@x.example>",) if number else (),
        headers=headers, text=text, parts=parts, role=Role.DRAFTS if who == "draft" else Role.SENT if mine else Role.INBOX,
        origin=Origin.SENT if who == "me" else Origin.CLAIMED if mine else Origin.OTHER,
    )  # fmt: skip


def thread_cases(folder: str = "threads") -> list[ThreadCase]:
    """Every labelled thread of a set."""
    return [
        ThreadCase(f"{file.stem}{number}", entry, number % 2 == 1)
        for file in sorted((HERE / folder).glob("*.toml"))
        for number, entry in enumerate(tomllib.loads(file.read_text())["threads"])
    ]


def verdict(case: ThreadCase) -> Verdict:
    entry = case.entry
    built = summarise(assemble([_mail(entry, step, number, case.name) for number, step in enumerate(entry["p"])]), ME)
    others = [
        replace(
            summarise(assemble([_mail(entry, step, number, f"{case.name}o")]), ME),
            people=("ann@partner.example",),
            answered_at=""
            if step.startswith("me")
            else (START + timedelta(days=int(step.split("|")[0].split()[1]))).isoformat(),
        )
        for number, step in enumerate(entry.get("other", ()))
    ]
    return judge(built, WaitHabits(zone="Europe/Paris"), START + timedelta(days=entry["n"]), matter_of(built, others))
