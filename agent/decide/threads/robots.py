"""Says what a robot's mail tells of a matter: settled, come to nothing, or a ticket; anybody may forge such a mail, so
what it says may stop or hold and never begins, continues or changes anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from functools import lru_cache

from agent.decide.machines.carriers import is_robot, service_of
from agent.decide.reading.explained import standard
from agent.decide.threads.matter import names_matter, names_person
from agent.decide.threads.threads import moment
from providers.base import Mail
from voice.languages.lexicon import kinds_among
from voice.languages.sentences import sentences
from voice.languages.tongues import normal

SETTLED = frozenset({"booked"})
MOST, MOST_SAID = 4_000, 200
"""Characters of a text in which a robot has said what it is about, and of the sentence that is shown."""


class RobotSays(StrEnum):
    """What a robot may say of a matter."""

    SETTLED = "settled"
    UNDONE = "undone"
    """Cancelled, declined, failed, expired or paid back."""
    TICKET = "ticket"
    """Somebody asked for help."""
    PENDING = "pending"
    """A reminder, a summary, something sent or viewed: nothing happened."""


IN_TURN = (RobotSays.PENDING, RobotSays.UNDONE, RobotSays.TICKET, RobotSays.SETTLED)
"""Which of several things one sentence says is believed."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a robot told, and of whom."""

    at: str
    """ISO time in UTC."""
    said: str
    everything: str
    """Its subject and text in the form to compare."""
    told: RobotSays = RobotSays.SETTLED
    service: str = ""
    """Who says it, as a person would name it."""

    def about(self, people: Iterable[str], name: str, words: Iterable[str]) -> bool:
        """Whether it names these people or this matter; the arguments are those of a summary."""
        return self.names(people, name) or names_matter(self.everything, words)

    def names(self, people: Iterable[str], name: str) -> bool:
        """Whether one of these addresses, or the whole name, stands in it."""
        return names_person(self.everything, people, name)


def notice(mail: Mail) -> Notice | None:
    """What a robot tells; None for people, newsletters and robots that say nothing of the kind."""
    address = mail.sender.key if mail.sender else ""
    service = service_of(address)
    machine = service is not None or is_robot(address) or bool(mail.header("auto-submitted"))
    if not machine or (mail.header("list-unsubscribe") and service is None):
        return None
    told, said = _told(mail)
    if told is None or told is RobotSays.PENDING or (told is RobotSays.TICKET and _own_ticket(mail)):
        return None
    # What an automatic reply says beside that is about its writer, who may be away: meetings cancelled, requests open.
    if told is not RobotSays.SETTLED and mail.header("auto-submitted").lower().strip() == "auto-replied":
        return None
    everything = normal(f"{mail.subject[:300]}\n{mail.text[:MOST]}")
    name = service.name if service is not None else address.rpartition("@")[2]
    return Notice(moment(mail).astimezone(UTC).isoformat(), said, everything, told, name)


def notices_of(mails: Iterable[Mail]) -> list[Notice]:
    """What robots tell in these mails; what is settled goes first, for it says more than what came to nothing."""
    found = [one for mail in mails if (one := notice(mail)) is not None]
    return sorted(found, key=lambda one: one.told is not RobotSays.SETTLED)


def settles(mail: Mail, people: Iterable[str], name: str, words: Iterable[str]) -> str:
    """The sentence in which a robot settles this matter; empty when it says nothing of it."""
    found = notice(mail)
    settled = found is not None and found.told is RobotSays.SETTLED and found.about(people, name, words)
    return found.said if found is not None and settled else ""


def _told(mail: Mail) -> tuple[RobotSays | None, str]:
    """The subject has the word; where it says nothing, the first sentence that says something."""
    of_subject = _of_line(normal(mail.subject[:300]))
    if of_subject is not None:
        return of_subject, mail.subject[:MOST_SAID]
    lines = ((_of_line(item.plain), item.text[:MOST_SAID]) for item in sentences(mail.text[:MOST]))
    return next(((told, text) for told, text in lines if told is not None), (None, ""))


def _own_ticket(mail: Mail) -> bool:
    """Whether it is the receipt for what the user wrote themselves."""
    return any("own_ticket" in standard(item.plain) for item in sentences(mail.text[:MOST]))


@lru_cache(maxsize=4096)
def _of_line(plain: str) -> RobotSays | None:
    found = standard(plain)
    first = next((told for told in IN_TURN if told.value in found), None)
    return first or (RobotSays.SETTLED if kinds_among(plain, SETTLED) else None)
