"""What began a plan, as a value: a label, a word in Bcc or a rule with its mail; it begins nothing."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime, tzinfo

from agent.address_forms import WORD_MARK
from agent.decide.dates.when import SPAN, parse
from agent.decide.plans.plans import LABEL
from providers.base import Mail

TIMES = "3d, 2w or 2027-03-01"
HOURS = "h"
"""A plan counts days; `3h` is no day."""
LONGEST_WORD = 60
"""Characters: no plan has a longer name."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What began an enrolment beside the user's own command; all of it empty where that was it."""

    by: str = ""
    """label, bcc or rule."""
    word: str = ""
    """What the label or the address said, or the number of the rule."""
    mail: str = ""
    """The Message-ID of the mail that began it."""
    digest: str = ""
    """The same mail, however it is named."""

    @property
    def words(self) -> str:
        """As it is said behind "because"; empty where the user's own command began it."""
        match self.by:
            case "label":
                return f"it has the label {LABEL}{self.word}"
            case "bcc":
                return f"you sent it with {WORD_MARK}{self.word} in Bcc"
            case "rule":
                return f"rule {self.word} of its begin_when met the mail {self.mail or 'that came'}"
        return ""

    def packed(self) -> str:
        """As it lies in the row of an enrolment."""
        return json.dumps(asdict(self), ensure_ascii=False) if self.by else ""


NO_CAUSE = Cause()


def cause_of(kept: str) -> Cause:
    """What a row says; nothing where it says nothing that can be read."""
    try:
        return Cause(**json.loads(kept)) if kept else Cause()
    except (ValueError, TypeError):
        return Cause()


def day_of(word: str, now: datetime, zone: tzinfo) -> date | None:
    """The day that a word such as `3d` or `2027-03-01` asks for; None where it is none, or none to come."""
    if _is_hours(word) or len(word.split()) != 1:
        return None
    found = parse(word, now, zone)
    return found.date() if found is not None and found.date() > now.astimezone(zone).date() else None


def _is_hours(word: str) -> bool:
    found = SPAN.fullmatch(word)
    return "t" in word[10:11] or (found is not None and found[2] == HOURS)


def words_in_bcc(mail: Mail, own: Collection[str]) -> tuple[str, ...]:
    """What the user said to relance while writing: the part behind the mark in an address of their own in Bcc.

    Only in a mail that is known to be the user's; To and Cc are seen by others, who may repeat what stands there.
    """
    if not mail.mine:
        return ()
    mine = {address.lower() for address in own}
    words = (_word(address.key, mine) for address in mail.bcc)
    return tuple(dict.fromkeys(word for word in words if word))


def _word(address: str, own: Collection[str]) -> str:
    local, _, domain = address.rpartition("@")
    name, mark, word = local.rpartition(WORD_MARK)
    return word[:LONGEST_WORD] if mark and f"{name}@{domain}" in own else ""
