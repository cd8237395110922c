"""Packages that bring a provider, installed as far as Python can tell; none of them is really a mail server."""

from __future__ import annotations

from pathlib import Path

import pytest

from providers import registry

GOOD = """
from dataclasses import dataclass, field
from providers.base import Capabilities, Page, Receipt, Refused
from providers.registry import Opening, ProviderSpec

OPENED = []

class Box:
    capabilities = Capabilities()
    def __init__(self, opening):
        OPENED.append(opening)
        opening.option("url")
    def changes(self, cursor):
        if not cursor:
            yield Page("1")
    def raw(self, key):
        raise Refused("no")
    def find_token(self, token, since):
        return None
    def close(self):
        pass

class Post:
    def __init__(self, opening):
        self.opening = opening
    def send(self, letter, commit):
        commit()
        return Receipt("post", letter.message_id)

def page(address, mail):
    return f"https://post.example/{mail.key}"

def checks(opening):
    yield "Its clock is slow."

SPEC = ProviderSpec(
    name="post", mailbox="NAME:Box", sender="NAME:Post", checks="NAME:checks", page="NAME:page",
    page_hosts=frozenset({"post.example"}),
)
"""
ENTRY = """
[[account]]
name = "parcel"
provider = "post"
address = "sam@post.example"
[account.plugin]
options = { url = "https://post.example" }
secret = { env = "POST_TOKEN" }
"""


class Shelf:
    """Where packages are put."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch
        folder.mkdir()
        self._seen()

    def put(
        self,
        code: str = GOOD,
        *,
        package: str = "relance-post",
        provider: str = "post",
        module: str = "",
        version: str = "0.3",
    ) -> str:
        """A package with one module of this code, under a name that no other test uses unless one is given."""
        module = (
            module or f"{package.replace('-', '_')}_{len(list(self._folder.iterdir()))}_{abs(hash(self._folder)):x}"
        )
        (self._folder / f"{module}.py").write_text(code.replace("NAME", module))
        info = self._folder / f"{package.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{provider} = {module}:SPEC\n")
        self._seen()
        return module

    def _seen(self) -> None:
        self._monkeypatch.syspath_prepend(str(self._folder))
        forget()


def forget() -> None:
    """What was found is looked for again."""
    registry._entries.cache_clear()
    registry._plugged.cache_clear()
