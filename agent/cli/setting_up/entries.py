"""Writes accounts into the config, keeping what a person wrote there; never a password."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agent.config import Account, Smtp, as_table
from agent.errors import UsageError

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import InlineTable, Table

SERVERS = ("imap", "smtp", "gmail", "outlook")


def write(file: Path, account: Account) -> None:
    """One more account."""
    import tomlkit

    document = _read(file)
    accounts = document.get("account")
    if accounts is None:
        accounts = document["account"] = tomlkit.aot()
    if any(entry.get("name") == account.name for entry in accounts):
        raise UsageError(f"The config has an account called {account.name!r} already.", hint="Choose another --name.")
    said = as_table(account)
    servers = {key: values for key in SERVERS if isinstance(values := said.pop(key, None), dict)}
    entry = tomlkit.item(said)
    for key, values in servers.items():
        entry[key] = _part(values)
    accounts.append(entry)
    _keep(file, document)


def add_alias(file: Path, account: str, address: str) -> None:
    """One more address of an account."""
    document = _read(file)
    entry = _entry(document, account)
    entry["aliases"] = [*entry.get("aliases", []), address]
    _keep(file, document)


def add_way_out(file: Path, account: str, server: Smtp) -> None:
    """Where an account sends from, once a level above manual may want it."""
    document = _read(file)
    _entry(document, account)["smtp"] = _part(as_table(server))
    _keep(file, document)


def _read(file: Path) -> TOMLDocument:
    import tomlkit

    return tomlkit.parse(file.read_text(encoding="utf-8")) if file.exists() else tomlkit.document()


def _keep(file: Path, document: TOMLDocument) -> None:
    import tomlkit

    from agent import config as configuration
    from agent.paths import write_private

    text = tomlkit.dumps(document)
    configuration.parse(text, file)
    write_private(file, text.encode())


def _entry(document: TOMLDocument, account: str) -> Table:
    found: Table = next(entry for entry in document["account"] if entry["name"] == account)
    return found


def _part(values: dict[str, object]) -> Table:
    import tomlkit

    part = tomlkit.table()
    for word, value in values.items():
        part[word] = _inline(value) if isinstance(value, dict) else value
    return part


def _inline(value: dict[str, object]) -> InlineTable:
    import tomlkit

    inline = tomlkit.inline_table()
    inline.update(value)
    return inline
