"""Finds and keeps secrets; never writes one to config, database or log."""

from __future__ import annotations

import base64
import json
import os
import secrets as random_bytes
import shlex
import subprocess
from pathlib import Path

from agent.config import Secret
from agent.errors import SignInError
from agent.paths import Places, write_private

SERVICE = "relance"
DATABASE_KEY = "database-key"


class Vault:
    """The system keyring, or a file only its owner can read where there is none."""

    def __init__(self, places: Places, *, keyring: bool = True) -> None:
        self._file = places.vault
        self._keyring = keyring
        # Two homes on one machine must not share a key.
        home = os.environ.get("RELANCE_HOME")
        self._service = f"{SERVICE} ({Path(home).resolve()})" if home else SERVICE

    def get(self, name: str) -> str | None:
        """A kept secret, or None."""
        kept = self._from_file().get(name)
        return kept if kept is not None or not self._keyring else _keyring_get(self._service, name)

    def put(self, name: str, value: str) -> str:
        """Keep a secret; says where it went: `keyring` or `file`."""
        if self._keyring and _keyring_put(self._service, name, value):
            self._drop_from_file(name)
            return "keyring"
        self._write({**self._from_file(), name: value})
        return "file"

    def drop(self, name: str) -> None:
        """Forget a secret in both places."""
        self._drop_from_file(name)
        if self._keyring:
            _keyring_drop(self._service, name)

    def holds_files(self) -> bool:
        """Whether any secret lies in the file instead of a keyring."""
        return bool(self._from_file())

    @property
    def file(self) -> Path:
        return self._file

    def _from_file(self) -> dict[str, str]:
        try:
            packed = self._file.read_bytes()
        except FileNotFoundError:
            return {}
        try:
            kept: dict[str, str] = json.loads(base64.b64decode(packed))
        except ValueError:
            raise SignInError(
                f"The secrets file {self._file} is damaged.",
                hint="Restore it from a backup, or remove it and sign in again with `relance setup`.",
            ) from None
        return kept

    def _drop_from_file(self, name: str) -> None:
        kept = self._from_file()
        if kept.pop(name, None) is not None:
            self._write(kept)

    def _write(self, kept: dict[str, str]) -> None:
        # Base64 keeps a secret from being read over a shoulder; the mode of the file is what protects it.
        write_private(self._file, base64.b64encode(json.dumps(kept).encode()))


def database_key(vault: Vault, *, create: bool = True) -> str | None:
    """The key of the database as 64 hexadecimal digits; made once."""
    kept = vault.get(DATABASE_KEY)
    if kept is None and create:
        kept = random_bytes.token_hex(32)
        vault.put(DATABASE_KEY, kept)
    return kept


def resolve(secret: Secret | None, name: str, vault: Vault) -> str:
    """The secret a config entry points to; `name` is its place, such as `work.imap.password`."""
    if secret is None or secret.keyring:
        return _kept(name, vault)
    if secret.env is not None:
        return _environment(secret.env, name)
    return _command(secret.command or [], name)


def _kept(name: str, vault: Vault) -> str:
    value = vault.get(name)
    if value is None:
        raise SignInError(
            f"No secret is kept for {name}.",
            hint=f"Run `relance setup` or `relance config secret {shlex.quote(name)}`, or point the config to one with "
            '{ command = ["pass", "show", "mail"] }.',
        )
    return value


def _environment(variable: str, name: str) -> str:
    value = os.environ.get(variable)
    if not value:
        raise SignInError(f"The variable {variable} for {name} is not set.", hint="Set it and try again.")
    return value


def _command(command: list[str], name: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise SignInError(
            f"The command for {name} does not exist: {command[0]}.", hint="Install it or name another in the config."
        ) from None
    except subprocess.TimeoutExpired:
        raise SignInError(
            f"The command for {name} did not answer within a minute: {command[0]}.",
            hint="Run it once by hand; it may be waiting for a passphrase.",
        ) from None
    value = done.stdout.decode(errors="replace").split("\n", 1)[0].rstrip("\r")
    if done.returncode or not value:
        raise SignInError(
            f"The command for {name} gave no secret (exit code {done.returncode}): {command[0]}.",
            hint="Run it once by hand and see what it says.",
        )
    return value


def _keyring_get(service: str, name: str) -> str | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(service, name)
    except KeyringError:
        return None


def _keyring_put(service: str, name: str, value: str) -> bool:
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(service, name, value)
        return keyring.get_password(service, name) == value
    except KeyringError:
        return False


def _keyring_drop(service: str, name: str) -> None:
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.delete_password(service, name)
    except KeyringError:
        return
