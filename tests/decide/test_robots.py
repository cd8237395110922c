"""What services write about people under a plan, in the shapes they write it in: what ends, what holds, what is nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.decide.machines.calendar import read_calendar
from agent.decide.machines.carriers import DOES, FILE, service_of
from agent.decide.threads.matter import matter_words, names_most
from agent.decide.threads.robots import RobotSays, notice
from agent.decide.values import Meaning
from providers.base import Address, Mail, Origin, Part, Role

FOLDER = Path(__file__).parent / "robots"
PEOPLE, NAME = ("ann@partner.example",), "Ann Lee"
WORDS = matter_words("Lisbon warehouse", "Could you send me the drawings for the Lisbon warehouse?")
DOES_TO_PLAN = {RobotSays.SETTLED: "ends", RobotSays.UNDONE: "holds", RobotSays.TICKET: "ticket"}
AT = datetime(2026, 3, 5, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Written:
    """One mail of a file, and what it must do to a plan that Ann Lee is under."""

    name: str
    does: str
    mail: Mail


def written() -> Iterator[Written]:
    for file in sorted(FOLDER.glob("*.toml")):
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        for number, entry in enumerate(table["mail"], 1):
            name = f"{file.stem} {number} {entry.get('lang', 'en')}"
            yield Written(name, entry["does"], mail_of({**table, **entry}))


def mail_of(entry: dict[str, object]) -> Mail:
    # Not by parseaddr: of "a@b.example <a@b.example>" some versions of Python say that it is nobody.
    name, _, address = str(entry["from"]).removesuffix(">").rpartition("<")
    headers = entry.get("headers", {})
    assert isinstance(headers, dict)
    return Mail(
        key="1", message_id="<1@x.example>", date=AT, received=AT, sender=Address(address.strip(), name.strip()),
        to=(Address("sam@mine.example", "Sam Okafor"),), subject=str(entry["subject"]), text=str(entry["text"]).strip(),
        role=Role.INBOX, origin=Origin.OTHER, headers={key: (str(value),) for key, value in headers.items()},
        parts=(Part("text/calendar", calendar(entry)),) if "calendar" in entry else (),
    )  # fmt: skip


def calendar(entry: dict[str, object]) -> str:
    attendee = f"ATTENDEE;PARTSTAT={entry.get('partstat', 'NEEDS-ACTION')}:mailto:ann@partner.example"
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", f"METHOD:{entry['calendar']}", "BEGIN:VEVENT", "UID:1",
        "DTSTART:20260310T090000Z", "SUMMARY:Lisbon warehouse", attendee, "END:VEVENT", "END:VCALENDAR", "",
    )  # fmt: skip
    return "\r\n".join(lines)


def done(mail: Mail) -> str:
    """What it does, by the words of a service or by a calendar part of the person's own mail."""
    said = read_calendar(mail)
    if said is not None and mail.sender is not None and mail.sender.key in PEOPLE:
        return "ends" if said.meaning is Meaning.BOOKED else "holds"
    found = notice(mail)
    about = found is not None and (found.names(PEOPLE, NAME) or names_most(found.everything, WORDS))
    return DOES_TO_PLAN[found.told] if found is not None and about else "nothing"


@pytest.mark.parametrize("case", list(written()), ids=lambda case: case.name)
def test_a_service_does_to_a_plan_what_it_says(case: Written) -> None:
    assert done(case.mail) == case.does


def test_there_are_many_mails_of_each_kind() -> None:
    cases = list(written())
    assert len(cases) >= 200
    assert {case.does for case in cases} == {"ends", "holds", "ticket", "nothing"}


def test_services_are_found_by_domain_and_by_address() -> None:
    found = service_of("dse_na4@eumail.docusign.net")
    assert found is not None and (found.name, found.settles) == ("DocuSign", True)
    assert service_of("calendar-notification@google.com") is not None
    assert service_of("somebody@google.com") is None and service_of("a@notcalendly.com") is None
    ticket = service_of("support@mine.zendesk.com")
    assert ticket is not None and not ticket.settles


def test_the_file_of_services_says_what_each_does() -> None:
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["service"]
    assert all(set(entry["does"]) <= DOES and entry["from"] for entry in entries)
    assert [entry["name"] for entry in entries] == sorted((entry["name"] for entry in entries), key=str.lower)


RECEIPTS = [
    ("Request received: the drawings", "Thank you for contacting us. Your ticket has been created, Ann Lee will look."),
    ("[#412] Lisbon warehouse", "We have received your request. A ticket was created."),
]


@pytest.mark.parametrize(("subject", "text"), RECEIPTS)
def test_a_receipt_for_a_mail_of_ours_is_no_ticket_of_theirs(subject: str, text: str) -> None:
    for stated in ("auto-replied", "auto-generated"):
        entry = {"from": "Help <help@partner.example>", "headers": {"auto-submitted": stated}}
        assert done(mail_of({**entry, "subject": subject, "text": text})) == "nothing"


def test_one_word_of_a_long_subject_is_not_the_matter() -> None:
    words = matter_words("Shorter contract for the Porto harbour office", "")
    assert not names_most("completed: contract of bob ray", words)
    assert names_most("completed: porto harbour contract", words)
    assert names_most("invoice inv-2031 was paid", matter_words("Invoice INV-2031", ""))


def test_an_absence_that_cancels_meetings_is_no_service() -> None:
    entry = {"from": "Ann Lee <ann@partner.example>", "headers": {"auto-submitted": "auto-replied"}}
    text = "I am away until Monday. All meetings are cancelled.\n\nAnn Lee"
    assert done(mail_of({**entry, "subject": "Automatic reply", "text": text})) == "nothing"
