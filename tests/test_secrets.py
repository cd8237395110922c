"""Secrets are found where the config says, kept privately, and never shown."""

from __future__ import annotations

import stat
import sys

import keyring
import pytest
from keyring.backend import KeyringBackend

from agent.config import Secret
from agent.errors import Exit, SignInError
from agent.paths import Places
from agent.secrets import Vault, database_key, resolve


class Remembering(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Remembering:
    ring = Remembering()
    monkeypatch.setattr(keyring, "get_keyring", lambda: ring)
    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(keyring, name, getattr(ring, name))
    return ring


def test_a_keyring_is_preferred_and_leaves_no_file(where: Places, ring: Remembering) -> None:
    vault = Vault(where)
    assert vault.put("work.imap.password", "s3cret") == "keyring"
    assert vault.get("work.imap.password") == "s3cret"
    assert not where.vault.exists()


def test_two_homes_do_not_share_a_key(where: Places, ring: Remembering, monkeypatch: pytest.MonkeyPatch) -> None:
    first = database_key(Vault(where))
    monkeypatch.setenv("RELANCE_HOME", "/elsewhere")
    assert database_key(Vault(where)) != first


def test_without_a_keyring_a_private_file_is_used(where: Places) -> None:
    vault = Vault(where)
    assert vault.put("a", "s3cret") == "file"
    assert vault.get("a") == "s3cret"
    assert stat.S_IMODE(where.vault.stat().st_mode) == 0o600
    assert stat.S_IMODE(where.state.stat().st_mode) == 0o700
    assert b"s3cret" not in where.vault.read_bytes()
    vault.drop("a")
    assert vault.get("a") is None


def test_the_database_key_is_made_once(where: Places) -> None:
    assert database_key(Vault(where), create=False) is None
    made = database_key(Vault(where))
    assert made is not None
    assert len(bytes.fromhex(made)) == 32
    assert database_key(Vault(where)) == made


def test_a_variable_is_read(where: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "s3cret")
    assert resolve(Secret(env="MAIL_PASSWORD"), "work.imap.password", Vault(where)) == "s3cret"


def test_a_command_gives_its_first_line(where: Places) -> None:
    command = [sys.executable, "-c", "print('s3cret'); print('url: x')"]
    assert resolve(Secret(command=command), "n", Vault(where)) == "s3cret"


FAILURES = [
    ("an unset variable", Secret(env="NOT_SET_ANYWHERE"), "NOT_SET_ANYWHERE"),
    ("a command that is not there", Secret(command=["no-such-command-here"]), "does not exist"),
    (
        "a command that fails",
        Secret(command=[sys.executable, "-c", "print('s3cret'); raise SystemExit(3)"]),
        "exit code 3",
    ),
    ("a command that says nothing", Secret(command=[sys.executable, "-c", ""]), "gave no secret"),
    ("a keyring without the entry", Secret(keyring=True), "relance setup"),
]


@pytest.mark.parametrize(("name", "secret", "words"), FAILURES, ids=[row[0] for row in FAILURES])
def test_a_secret_that_cannot_be_found_says_what_to_do(where: Places, name: str, secret: Secret, words: str) -> None:
    with pytest.raises(SignInError) as caught:
        resolve(secret, "work.imap.password", Vault(where))
    assert words in str(caught.value)
    assert "work.imap.password" in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert caught.value.code == Exit.SIGN_IN


def test_a_damaged_secrets_file_is_one_sentence(where: Places) -> None:
    vault = Vault(where)
    vault.put("a", "b")
    where.vault.write_bytes(b"\x00not base64")
    with pytest.raises(SignInError, match="damaged"):
        vault.get("a")
