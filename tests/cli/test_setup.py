"""Connecting an account: tested before it is written, and no password ever in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.config import load
from agent.paths import Places
from tests.cli.run import relance
from tests.peers.dovecot import Dovecot


def words(server: Dovecot, user: str) -> list[str]:
    return [
        "setup", "--non-interactive", "--name", "work", "--address", f"{user}@example.org", "--imap-host", "127.0.0.1",
        "--imap-port", str(server.port), "--security", "none", "--user", user,
    ]  # fmt: skip


@pytest.mark.peer
def test_an_account_is_tested_written_and_read(
    dovecot: Dovecot, where: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "secret")
    ran = relance(*words(dovecot, "setup-a"), "--password-env", "MAIL_PASSWORD")
    assert ran.code == 0, ran.err
    assert load(where.config_file).account[0].name == "work"
    assert "secret" not in where.config_file.read_text()
    assert relance("status").code == 0
    again = relance(*words(dovecot, "setup-a"), "--password-env", "MAIL_PASSWORD")
    assert again.code == 0, again.err
    assert "Signed in to work again." in again.out
    assert len(load(where.config_file).account) == 1
    other = relance(*words(dovecot, "setup-other"), "--password-env", "MAIL_PASSWORD")
    assert other.code == 2
    assert "already" in other.err


@pytest.mark.peer
def test_a_wrong_password_writes_nothing(dovecot: Dovecot, where: Places) -> None:
    ran = relance(*words(dovecot, "setup-b"), "--password-stdin", stdin="hunter2x\n")
    assert ran.code == 3, ran.err
    assert not where.config_file.exists()
    assert "hunter2x" not in ran.err + ran.out


@pytest.mark.peer
def test_a_new_password_replaces_the_old_one_only_when_it_works(dovecot: Dovecot, where: Places) -> None:
    assert relance(*words(dovecot, "setup-c"), "--password-stdin", stdin="secret\n").code == 0
    wrong = relance("setup", "--non-interactive", "--name", "work", "--password-stdin", stdin="hunter2x\n")
    assert wrong.code == 3, wrong.err
    assert relance("sync").code == 0
    assert relance("setup", "--non-interactive", "--name", "work", "--password-stdin", stdin="secret\n").code == 0


def test_a_missing_word_is_named(private_home: Path) -> None:
    ran = relance("setup", "--non-interactive", "--name", "x")
    assert ran.code == 2
    assert "--address" in ran.err


def test_what_a_person_wrote_in_the_config_stays(private_home: Path) -> None:
    from agent.cli.setting_up.entries import write
    from agent.config import Account, Imap, Secret

    private_home.mkdir(parents=True)
    file = private_home / "config.toml"
    file.write_text("# mine\n[gate]\nper_day = 7  # few\n")
    write(
        file,
        Account(
            name="a", provider="imap", address="a@b.c", imap=Imap(host="h", password=Secret(command=["pass", "x"]))
        ),
    )
    text = file.read_text()
    assert "# mine" in text
    assert "per_day = 7  # few" in text
    assert load(file).account[0].imap == Imap(host="h", password=Secret(command=["pass", "x"]))
