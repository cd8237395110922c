"""Reads the scripts of the demo mailbox into values; refuses a word it does not know and never guesses one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from agent.demo.machines import KINDS, STAMPS
from agent.demo.people import OWN, people, script_file

VOCABULARY = script_file("vocabulary.toml")
MEANINGS = frozenset(VOCABULARY["meanings"])
HOLDS = frozenset({"", *VOCABULARY["holds"]})
REASONS = frozenset(VOCABULARY["reasons"])


@dataclass(frozen=True, slots=True)
class Expect:
    """What a sensible person would decide about a thread."""

    verdict: str
    """`quiet`, `not_quiet`, or `history` for finished matters that only teach."""
    reason: str = ""
    hold: str = ""
    touch: int = 1


@dataclass(frozen=True, slots=True)
class MailScript:
    """One mail as the script tells it."""

    sender: str
    workdays_ago: int
    at: str
    text: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    kind: str = "mail"
    stamp: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    folder: str = ""
    quotes: bool = False
    apart: bool = False
    """Starts a conversation of its own: no references to the mails before."""
    draft: bool = False
    echo_of: int = -1
    means: str = ""
    until: str = ""
    delegate: str = ""
    failed: str = ""
    """Whom a delivery report that arrives later is about."""

    @property
    def own(self) -> bool:
        return self.sender in OWN


@dataclass(frozen=True, slots=True)
class ThreadScript:
    """A conversation, or a matter that runs through several."""

    name: str
    subject: str
    partner: str
    mails: tuple[MailScript, ...]
    expect: Expect
    about: str = ""
    language: str = "en"


@cache
def threads() -> tuple[ThreadScript, ...]:
    """All conversations: those of today first, then the years before."""
    names = sorted(item.name for item in files("agent.demo").iterdir() if item.name.endswith(".toml"))
    found = [thread for name in names if name.startswith("threads_") for thread in live(script_file(name))]
    for name in names:
        if name.startswith("sent_"):
            found += history(name.removesuffix(".toml"), script_file(name))
    return tuple(found)


@cache
def arrivals() -> dict[str, MailScript]:
    """The mails that come while the demo runs, by name."""
    return {
        name: mail_script({"workdays_ago": 0, "at": "00:00", **item})
        for name, item in script_file("arrivals.toml").items()
    }


def live(data: dict[str, Any]) -> list[ThreadScript]:
    """Threads with a table for each mail."""
    found = []
    for item in data["thread"]:
        mails = tuple(mail_script(mail) for mail in item["mail"])
        expect = checked_expect(Expect(**item["expect"]))
        fields = {key: item[key] for key in ("about", "language") if key in item}
        found.append(ThreadScript(item["name"], item["subject"], item["with"], mails, expect, **fields))
    return found


def history(file: str, data: dict[str, Any]) -> list[ThreadScript]:
    """Old exchanges, told in short: who, how many workdays ago, at what time, what."""
    found = []
    for number, item in enumerate(data["exchange"]):
        language = item.get("language", data["language"])
        mails = tuple(
            mail_script({"from": who, "workdays_ago": ago, "at": at, "text": text, "quotes": item.get("quotes", False)})
            for who, ago, at, text in item["mails"]
        )
        expect = Expect("history")
        found.append(ThreadScript(f"{file}-{number}", item["subject"], item["with"], mails, expect, language=language))
    return found


def mail_script(item: dict[str, Any]) -> MailScript:
    """One mail, every word of it checked."""
    fields = dict(item)
    fields["sender"] = fields.pop("from")
    for name in ("to", "cc"):
        fields[name] = tuple(fields.get(name, ()))
    mail = MailScript(**fields)
    known = people()
    unknown = [key for key in (mail.sender, *mail.to, *mail.cc) if key not in known]
    wrong = mail.kind not in KINDS or mail.stamp not in STAMPS or (mail.means and mail.means not in MEANINGS)
    if unknown or wrong:
        raise ValueError(f"The demo script has a word that means nothing in the mail beginning {mail.text[:40]!r}.")
    return mail


def checked_expect(expect: Expect) -> Expect:
    """The same, if its words are ones we know."""
    known = expect.verdict in {"quiet", "not_quiet"} and expect.hold in HOLDS
    reason = expect.reason in REASONS if expect.verdict == "not_quiet" else not expect.reason
    if not (known and reason):
        raise ValueError(f"The demo script expects something that means nothing: {expect}.")
    return expect
