"""`enroll` and `signal` as a person types them: what they say, what they refuse, and with which exit code."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.cli.run import Ran, relance

ME, ANN, BOB = "sam@mine.example", "ann@partner.example", "bob@other.example"
ABOUT = "Would a shorter contract suit you?"


@pytest.fixture
def mailbox(private_home: Path) -> Path:
    """An account whose mail was read from a Maildir; what the config calls it later can send."""
    private_home.mkdir(parents=True)
    folder = private_home.parent / "mail"
    for part in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp"):
        (folder / part).mkdir(parents=True)
    now = datetime.now(UTC)
    for number, (sender, to, days) in enumerate(
        [(ME, ANN, 40), (ANN, ME, 39), (ME, BOB, 40), (BOB, ME, 39), (ME, ANN, 9)]
    ):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, to, "Old" if days > 9 else "Offer"
        message["Date"], message["Message-ID"] = format_datetime(now - timedelta(days=days)), f"<m{number}@x>"
        if sender != ME:
            message["In-Reply-To"] = message["References"] = f"<m{number - 1}@x>"
        message.set_content("Could you look at it?" if sender == ME else "Yes, it is fine.")
        (folder / (".Sent/cur" if sender == ME else "cur") / f"{number}:2,S").write_bytes(message.as_bytes())
    archive = f'provider = "archive"\naddress = "{ME}"\n[account.archive]\npath = "{folder}"\n'
    config = private_home / "config.toml"
    config.write_text(f'[me]\nname = "Sam"\n[[account]]\nname = "work"\n{archive}[storage]\nencrypt = false\n')
    assert relance("sync").code == 0
    return config


@pytest.fixture
def sends(mailbox: Path) -> Path:
    """The same home, where the account can send."""
    text = mailbox.read_text()
    start, end = text.index("provider"), text.index("[storage]")
    mailbox.write_text(f'{text[:start]}provider = "memory"\naddress = "{ME}"\n{text[end:]}')
    return mailbox


def rows() -> list[dict[str, str]]:
    return [json.loads(line) for line in relance("list", "--json").out.splitlines()]


def said(ran: Ran) -> str:
    return f"{ran.out} {ran.err}"


def test_a_person_is_enrolled_listed_and_stopped(sends: Path) -> None:
    made = relance("enroll", ANN, "--plan", "sales", "--about", ABOUT, "--json")
    assert made.code == 0, made.err
    row = json.loads(made.out)
    assert row["plan"] == "sales" and row["touch"] == 1 and row["done"] == "enrolled" and row["kind"] == "mail"
    assert any(item["id"] == row["id"] for item in rows())
    assert "sales" in relance("show", row["id"]).out and ABOUT in relance("show", row["id"]).out
    assert "under sales" in relance("why", row["id"]).out
    assert relance("stop", row["id"]).code == 0
    assert "ended" in relance("why", row["id"]).out


def test_it_says_when_and_that_the_person_approves(sends: Path) -> None:
    made = relance("enroll", BOB, "--plan", "winback", "--about", ABOUT, "--on", "2w")
    assert made.code == 0 and "waits for your approval" in made.out and "That is" in made.err
    again = relance("enroll", BOB, "--plan", "winback", "--about", ABOUT)
    assert again.code == 0 and "already" in again.out and len(rows()) == 1


REFUSED = [
    (("enroll", ME, "--about", ABOUT), "your own address"),
    (("enroll", "no-reply@shop.example"), "Nobody reads"),
    (("enroll", "stranger@new.example"), "--new"),
]


@pytest.mark.parametrize(("words", "reason"), REFUSED)
def test_a_refusal_gives_its_reason_and_exit_code_five(sends: Path, words: tuple[str, ...], reason: str) -> None:
    ran = relance(*words)
    assert ran.code == 5 and reason in ran.err and rows() == []


WRONG = [
    (("enroll", ANN, "--plan", "sails"), "Did you mean 'sales'"),
    (("enroll", ANN, "--on", "2020-01-01"), "2020-01-01"),
    (("enroll", ANN, "--on", "soon"), "soon"),
    (("enroll", ANN, "--plan", "renewal"), "--on"),
    (("enroll", "Nobody At All"), "nobody in your mail"),
    (("enroll", "<gone@x>"), "no thread"),
    (("enroll", ANN, "--account", "other"), "no account"),
    (("enroll", ANN, "--about", "x" * 3000), "longer than"),
    (("signal", ANN, "  "), "what happened"),
    (("signal", ANN, "news", "--evidence", "nowhere"), "--evidence"),
]


@pytest.mark.parametrize(("words", "reason"), WRONG)
def test_wrong_words_say_what_to_write_instead(sends: Path, words: tuple[str, ...], reason: str) -> None:
    ran = relance(*words)
    assert ran.code == 2 and reason in ran.err and "Traceback" not in ran.err


def test_an_archive_cannot_be_written_from(mailbox: Path) -> None:
    ran = relance("enroll", ANN, "--about", ABOUT)
    assert ran.code == 2 and "no account to write from" in ran.err


def test_a_signal_is_shown_with_its_page(sends: Path) -> None:
    made = relance("signal", BOB, "raised a Series B", "--evidence", "https://news.example/b")
    assert made.code == 0, said(made)
    number = rows()[0]["id"]
    shown = relance("show", number).out
    assert "raised a Series B" in shown and "https://news.example/b" in shown
    assert relance("signal", ANN, "raised a Series B").code == 5


def test_status_and_plans_tell_how_many_are_under_each(sends: Path) -> None:
    relance("enroll", ANN, "--plan", "sales", "--about", ABOUT)
    assert "1 sales" in relance("status").out
    assert json.loads(relance("status", "--json").out)["plans"] == {"sales": 1}
    assert "under it now: 1" in relance("plans").out
