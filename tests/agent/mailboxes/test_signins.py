"""What is said about a sign-in before it is too late, and the exact words of it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent import config as configuration
from agent.config import Config
from agent.doctor import examine
from agent.mailboxes import signins
from agent.paths import Places
from providers.oauth import signin as oauth
from providers.oauth.signin import KeptSignIn
from tests.cli.run import relance
from tests.peers.cloud_houses import GmailHouse, OutlookHouse
from tests.peers.houses import House
from tests.peers.neighbourhood import Build, build, dovecot

__all__ = ["build", "dovecot"]
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
HEAD = """
[[account]]
name = "work"
address = "sam@y.example"
"""
GMAIL = f'{HEAD}provider = "gmail"\n[account.gmail]\nclient_id = "c"\n'
OUTLOOK = f'{HEAD}provider = "outlook"\n[account.outlook]\nclient_id = "c"\n'
IMAP = f'{HEAD}provider = "imap"\n[account.imap]\nhost = "imap.example.org"\n'
BY_TOKEN = f'{IMAP}oauth = "microsoft"\n[account.outlook]\nclient_id = "c"\n'
COPILOT = '[gate]\nlevel = "copilot"\n'
MAILBOX = '[followups]\ndrafts = "mailbox"\n'
AGAIN = "`relance setup --name work`"


def config(text: str) -> Config:
    return configuration.parse(text, Path("config.toml"))


def kept(kind: str, scopes: tuple[str, ...], *, days: float = 0, dies: float = 0, dead: str = "") -> str:
    granted = (NOW - timedelta(days=days)).timestamp()
    ends = (NOW + timedelta(days=dies)).timestamp() if dies else 0.0
    return KeptSignIn(kind, "r", granted, "a", granted + 3600, ends, scopes, dead).dumps()  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "stored", "state", "words"), [
    (GMAIL, None, "fail", "Nobody is signed in yet."),
    (GMAIL, "garbage", "fail", "Nobody is signed in yet."),
    (GMAIL, kept("google", oauth.GOOGLE_READ, dead=oauth.ENDED), "fail", oauth.ENDED),
    (GMAIL, kept("google", oauth.GOOGLE_READ), "ok", "The sign-in covers what your level needs."),
    (GMAIL, kept("google", oauth.GOOGLE_READ, days=4), "ok", "The sign-in covers what your level needs."),
    (GMAIL, kept("google", oauth.GOOGLE_READ, days=5.5), "warn",
     f"If your Google project is still being tested, this sign-in ends in a day. {oauth.TESTING}"),
    (GMAIL, kept("google", oauth.GOOGLE_READ, days=20), "ok", "The sign-in covers what your level needs."),
    (GMAIL, kept("google", oauth.GOOGLE_READ, days=5.5, dies=1.5), "warn", f"This sign-in ends in a day. {oauth.TESTING}"),
    (GMAIL + COPILOT, kept("google", oauth.GOOGLE_READ), "warn",
     "The sign-in does not allow yet what your level needs: gmail.compose."),
    (GMAIL + COPILOT, kept("google", oauth.GOOGLE_WRITE), "ok", "The sign-in covers what your level needs."),
    (GMAIL + MAILBOX, kept("google", oauth.GOOGLE_WRITE), "ok", signins.CAN_SEND),
    (OUTLOOK, kept("microsoft", oauth.MICROSOFT_READ, days=6), "ok", "The sign-in covers what your level needs."),
    (OUTLOOK + MAILBOX, kept("microsoft", oauth.MICROSOFT_READ), "warn",
     "The sign-in does not allow yet what your level needs: Mail.ReadWrite."),
    (OUTLOOK + COPILOT, kept("microsoft", oauth.MICROSOFT_DRAFT), "warn",
     "The sign-in does not allow yet what your level needs: Mail.Send."),
    (BY_TOKEN, kept("microsoft", oauth.IMAP_MICROSOFT_READ), "ok", "The sign-in covers what your level needs."),
    (BY_TOKEN + COPILOT, kept("microsoft", oauth.IMAP_MICROSOFT_READ), "warn",
     "The sign-in does not allow yet what your level needs: SMTP.Send."),
])  # fmt: skip
def test_each_sign_in_is_told_in_these_words(text: str, stored: str | None, state: str, words: str) -> None:
    note, *_ = signins.notes(config(text), lambda _name: stored, NOW)
    assert (note.state, note.words) == (state, words)
    assert note.hint == ("" if state == "ok" else AGAIN)


def test_an_account_with_a_password_has_nothing_to_tell() -> None:
    assert list(signins.notes(config(IMAP), lambda _name: None, NOW)) == []


def test_a_level_chosen_at_run_time_counts_like_one_of_the_config() -> None:
    stored = kept("google", oauth.GOOGLE_READ)
    (note,) = signins.notes(config(GMAIL), lambda _name: stored, NOW, ("copilot",))
    assert note.state == "warn"


@pytest.mark.parametrize("build", ["gmail", "outlook"], indirect=True)
def test_raising_a_level_says_that_the_sign_in_is_not_enough(build: Build) -> None:
    house = build(level="manual", drafts="local")
    scopes = oauth.GOOGLE_READ if isinstance(house, GmailHouse) else oauth.MICROSOFT_READ
    narrow(house, scopes)
    from agent.decide.gate.levels import DEFAULT, Level
    from agent.verbs import switches

    done = switches.set_level(house.desk, DEFAULT, Level.COPILOT, "copilot")
    assert done.words == f"default: copilot. Sign in again, or nothing can leave: {AGAIN}."
    assert [check.state for check in examine(house.home) if check.name == "sign-in work"] == ["warn"]
    assert "Sign in" not in switches.set_level(house.desk, DEFAULT, Level.MANUAL).words


def narrow(house: House, scopes: tuple[str, ...]) -> None:
    """The person signed in for reading only."""
    assert isinstance(house, GmailHouse | OutlookHouse)
    stored = KeptSignIn(house.kind, "r", time.time(), "reader", time.time() + 10**6, 0.0, scopes)  # type: ignore[arg-type]
    house.home.vault.put("work.sign-in", stored.dumps())


def test_status_warns_before_the_week_is_over(where: Places) -> None:
    from agent.secrets import Vault

    where.config_file.parent.mkdir(parents=True, exist_ok=True)
    where.config_file.write_text(GMAIL)
    granted = time.time() - 5.5 * 86400
    Vault(where).put("work.sign-in", KeptSignIn("google", "r", granted, "a", granted, 0.0, oauth.GOOGLE_READ).dumps())
    said = relance("status")
    assert "this sign-in ends in a day" in said.out
    assert AGAIN in said.out
    (account,) = json.loads(relance("status", "--json").out)["accounts"]
    assert "ends in a day" in account["sign_in"]
