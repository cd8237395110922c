"""Plans as a person handles them: a file of their own, what it would do, and every letter before anybody gets one."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.run import relance
from tests.cli.test_enrolling import ABOUT, ANN, mailbox, sends

DAY = date.today() + timedelta(days=200)
__all__ = ["mailbox", "sends"]


def test_a_plan_of_ones_own_begins_as_a_file_and_can_be_enrolled(sends: Path) -> None:
    made = relance("plans", "new", "spring", "--like", "aftercare")
    file = Path(made.out.strip())
    assert made.code == 0 and file.stat().st_mode & 0o077 == 0
    file.write_text(file.read_text().replace("ask what could be better", "ask what I should do about the garden"))
    assert "spring: Somebody who bought something" in relance("plans").out
    played = relance("plans", "test", "spring").out
    assert "you are asked to write it" in played and "They say no: ends (declined)" in played
    assert relance("enroll", ANN, "--plan", "spring", "--about", ABOUT).code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("new", "sales"), "already"), (("new", "Bad Name"), "no name for a plan"), (("new", "../up"), "no name for a plan"),
        (("new", "mine", "--like", "nothing"), "no built-in plan"), (("test", "nothing"), "no plan called"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_plan_is_refused(sends: Path, arguments: tuple[str, ...], words: str) -> None:
    ran = relance("plans", *arguments)
    assert ran.code == 2 and words in ran.err
    assert not list(sends.parent.glob("plans/*"))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("mine", "touches = [", "not valid TOML"),
        ("mine", "touches = []", "1 to 12 entries"),
        ("mine", 'touches = [{ after = "1 day", job = "x", say = "{nme}" }]', "knows the fields"),
        ("BIG", 'touches = [{ after = "1 day", job = "x" }]', "cannot be a plan"),
    ],
)
def test_a_wrong_file_is_named(sends: Path, name: str, text: str, words: str) -> None:
    folder = sends.parent / "plans"
    folder.mkdir()
    (folder / f"{name}.toml").write_text(text)
    ran = relance("plans")
    assert ran.code == 2 and words in ran.err and name in ran.err


def test_a_plan_in_both_places_is_refused(sends: Path) -> None:
    assert relance("plans", "new", "mine").code == 0
    with sends.open("a") as config:
        config.write('\n[plans.mine]\ntouches = [{ after = "1 day", job = "offer help" }]\n')
    ran = relance("plans")
    assert ran.code == 2 and "two plans called" in ran.err


def test_every_letter_is_shown_before_anybody_is_under_the_plan(sends: Path) -> None:
    ran = relance(
        "enroll", ANN, "--plan", "renewal", "--on", str(DAY), "--about", ABOUT, "--say", "2=Hello {name}, the new terms are out.",
        "--dry-run", "--json",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    letters = [json.loads(line) for line in ran.out.splitlines()]
    assert [letter["touch"] for letter in letters] == [1, 2, 3]
    assert (
        ABOUT in letters[0]["body"] and "names {name}" in letters[1]["asked"] and f", {DAY.day} " in letters[2]["body"]
    )
    assert relance("list", "--json").out.count(ANN) == 0
    told = relance("enroll", ANN, "--plan", "winback", "--about", ABOUT, "--dry-run")
    assert "Nothing was begun" in told.err and "It ends when: They answer" in told.out


def test_own_texts_of_an_enrolment_are_checked_and_kept(sends: Path) -> None:
    for wrong, words in (
        ("two", "names a touch"),
        ("9=Hello there.", "no touch 9"),
        ("2=Hi {nme}", "knows the fields"),
    ):
        ran = relance("enroll", ANN, "--plan", "winback", "--about", ABOUT, "--say", wrong)
        assert ran.code == 2 and words in ran.err
    made = relance("enroll", ANN, "--plan", "winback", "--about", ABOUT, "--say", "2=Shall we?", "--fact", "12 EUR")
    assert made.code == 0, made.err


def test_the_jobs_are_listed() -> None:
    assert "offer a short call" in relance("plans", "jobs").out.splitlines()


def test_a_mail_in_a_file_is_held_against_the_rules_of_a_plan(sends: Path, tmp_path: Path) -> None:
    file = Path(relance("plans", "new", "spring", "--like", "aftercare").out.strip())
    mail = tmp_path / "receipt.eml"
    mail.write_text("From: orders@shop.example\nTo: me@x.example\nSubject: Receipt\n\nFor new@customer.example.\n")
    assert "has no begin_when" in relance("plans", "test", "spring", "--mail", str(mail)).out
    rules = 'begin_when = [{ sender = "orders@shop.example", person = "body" }]\n'
    file.write_text(rules + file.read_text())
    said = relance("plans", "test", "spring", "--mail", str(mail))
    assert said.code == 0 and "does not say that it comes from the sender" in said.out
    (found,) = [
        json.loads(line) for line in relance("plans", "test", "spring", "--mail", str(mail), "--json").out.splitlines()
    ]
    assert found["begins"] is False and found["person"] is None and found["rules"][0]["rule"] == 1
    assert "rule 1: a mail from orders@shop.example" in relance("plans").out
    missing = relance("plans", "test", "spring", "--mail", str(tmp_path / "none.eml"))
    assert missing.code == 2 and "Traceback" not in missing.err
