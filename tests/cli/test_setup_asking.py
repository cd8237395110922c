"""Setup for somebody who mistypes: asked again, nothing half-written, and an own address in Sent is noticed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from agent.cli.setting_up.entries import add_way_out, write
from agent.cli.setting_up.first_look import summary_lines
from agent.cli.setting_up.questions import way_out
from agent.clock import system_now
from agent.config import Account, Imap, Secret, Smtp, load
from agent.errors import UsageError
from agent.paths import Places
from tests.cli.run import relance
from tests.cli.test_setup_terminal import Terminal
from tests.peers.dovecot import Dovecot
from tests.peers.dovecot_config import SENT

ALIAS = "sam@studio.example"
ASKED = (
    f"From: Sam <{ALIAS}>\nTo: Ann <ann@partner.example>\nSubject: %s\nMessage-ID: <%s@studio.example>\n"
    "Date: %s\n\nHi Ann,\n\nCould you send me the plan by Friday?\n\nBest,\nSam\n"
)


@pytest.mark.parametrize(("options", "said"), [
    ({"--address": "nonsense"}, "sam@example.org"),
    ({"--name": "a/b"}, "cannot be an account's name"),
    ({"--imap-host": "imap.example.org:99999"}, "is no server"),
    ({"--imap-host": "two words"}, ":993"),
    ({"--imap-port": "70000"}, "--imap-port"),
])  # fmt: skip
def test_an_answer_of_the_wrong_shape_is_named(private_home: Path, options: dict[str, str], said: str) -> None:
    words = {"--name": "work", "--address": "a@b.example", "--imap-host": "127.0.0.1", **options}
    ran = relance(
        "setup", "--non-interactive", "--password-stdin", *(part for pair in words.items() for part in pair), stdin="x"
    )
    assert ran.code == 2, ran.err
    assert said in ran.err
    assert "Something went wrong" not in ran.err


def test_a_wrong_way_out_is_answered_with_its_usual_port() -> None:
    account = Account(name="work", provider="imap", address="a@b.example", imap=Imap(host="imap.b.example", user="a"))
    with pytest.raises(UsageError) as raised:
        way_out({"smtp_host": "two words", "smtp_security": None}, account, interactive=False)
    assert raised.value.hint == "Write smtp.b.example or smtp.b.example:587."


def test_an_empty_line_is_no_password(private_home: Path) -> None:
    ran = relance("setup", "--non-interactive", "--address", "a@b.example", "--password-stdin", stdin="\n")
    assert ran.code == 2, ran.err
    assert "no password" in ran.err


@pytest.mark.parametrize(("states", "said"), [
    ({"drafted": 1, "watching": 4}, ["1 draft waits for you."]),
    ({"drafted": 2, "asked": 1}, ["2 drafts wait for you.", "1 follow-up wants a decision of yours."]),
    ({}, ["Nothing waits for a follow-up now; `relance list --threads` says why, thread by thread."]),
])  # fmt: skip
def test_what_waits_is_counted(states: dict[str, Any], said: list[str]) -> None:
    assert summary_lines(Counter(states)) == said


SECRET = Secret(env="MAIL_PASSWORD")


@pytest.mark.parametrize(("given", "security", "server"), [
    (None, None, None),
    ("smtp.b.example", None, Smtp("smtp.b.example", 465, "tls", "ann", SECRET)),
    ("smtp.b.example:587", None, Smtp("smtp.b.example", 587, "starttls", "ann", SECRET)),
    ("smtp.b.example", "starttls", Smtp("smtp.b.example", 587, "starttls", "ann", SECRET)),
    ("127.0.0.1:1025", "none", Smtp("127.0.0.1", 1025, "none", "ann", SECRET)),
])  # fmt: skip
def test_the_way_out_has_the_port_of_its_encryption(
    given: str | None, security: str | None, server: Smtp | None
) -> None:
    account = Account("work", "imap", "ann@b.example", imap=Imap("imap.b.example", user="ann", password=SECRET))
    assert way_out({"smtp_host": given, "smtp_security": security}, account, interactive=False) == server


def test_a_level_that_sends_names_the_account_that_cannot(where: Places) -> None:
    where.config_file.parent.mkdir(parents=True)
    write(where.config_file, Account("work", "imap", "ann@b.example", imap=Imap("imap.b.example")))
    wanted = "`relance setup --name work` asks for it"
    assert wanted not in relance("doctor").out
    assert wanted in relance("level", "default", "copilot", "--yes-raise").out
    assert wanted in relance("doctor").out
    add_way_out(where.config_file, "work", Smtp("smtp.b.example"))
    assert load(where.config_file).account[0].smtp == Smtp("smtp.b.example")
    assert wanted not in relance("doctor").out
    assert wanted not in relance("level", "acme.example", "autopilot", "--yes-raise").out


@pytest.mark.slow
@pytest.mark.peer
def test_a_wrong_host_and_a_wrong_password_are_asked_again(dovecot: Dovecot, where: Places) -> None:
    sent = dovecot.maildir("setup-asked") / f".{SENT}" / "cur"
    sent.mkdir(parents=True)
    day = format_datetime(system_now() - timedelta(days=20))
    for number in range(2):
        (sent / f"17600000{number}.host:2,S").write_text(ASKED % (f"Plan {number}", number, day))
    dovecot.own(dovecot.home / "home" / "setup-asked")
    terminal = Terminal("setup", "--address", "sam@example.org", "--provider", "imap", "--name", "work")
    for question, answer in (
        (r"IMAP server \[imap\.example\.org\]", "127.0.0.1:1"),
        ("Encryption", "none"),
        ("Sign-in name", "setup-asked"),
        ("Password", "hunter2x"),
        (r"Nothing answers at 127\.0\.0\.1:1\.[^$]*IMAP server", f"127.0.0.1:{dovecot.port}"),
        ("Encryption", "none"),
        (r"did not accept[^$]*Sign-in name \[setup-asked\]", ""),
        ("Password", "secret"),
        (r"SMTP server \[127\.0\.0\.1\]", "127.0.0.1:2525"),
        ("Encryption", "none"),
        (rf"2 mails as {ALIAS}", "y"),
    ):
        terminal.until(question)
        assert where.config_file.exists() is (ALIAS in question)
        terminal.shown = ""
        terminal.say(answer)
    assert terminal.end() == 0, terminal.shown
    (account,) = load(where.config_file).account
    assert account.aliases == [ALIAS]
    assert account.smtp == Smtp("127.0.0.1", 2525, "none", "setup-asked", Secret(keyring=True))
    assert "drafts wait for you" in terminal.shown
    assert "hunter2x" not in where.vault.read_text()
