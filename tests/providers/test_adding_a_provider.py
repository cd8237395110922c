"""The page for those who add a provider is true: its package, taken from there, keeps the contract and opens."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from providers import registry
from providers.base import Page, Role, SignInNeeded, Unreachable
from providers.kits import SAMPLES, MailboxContract, read_all
from providers.registry import Opening
from tests.cli.run import relance
from tests.peers.jmap_fake import JmapFake
from tests.providers.other_package import Shelf, forget

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-provider.md"
TOLD = PAGE.read_text(encoding="utf-8")
CODE = re.findall(r"```python\n(.*?)```", TOLD, re.DOTALL)
TABLES = re.findall(r"```toml\n(.*?)```", TOLD, re.DOTALL)
Open = Callable[..., Any]


@pytest.fixture
def server() -> Iterator[JmapFake]:
    with JmapFake() as started:
        yield started


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """The package as the page has it, under the name the page gives it."""
    made = Shelf(tmp_path / "packages", monkeypatch)
    made.put(CODE[0], package="relance-jmap", provider="jmap", module="relance_jmap", version="0.1")
    yield made
    sys.modules.pop("relance_jmap", None)
    forget()


@pytest.fixture
def opens(server: JmapFake, shelf: Shelf) -> Open:
    def opener(token: str = "good") -> Any:
        spec = registry.loaded("jmap")
        opening = Opening("work", "me@example.org", options={"url": f"{server.url}/session"}, secret=lambda: token)
        return registry.made(spec, spec.mailbox, opening)

    return opener


class TestJmap(MailboxContract):
    @pytest.fixture
    def mailbox(self, server: JmapFake, opens: Open) -> Any:
        for raw in SAMPLES:
            server.deliver(raw)
        return opens()


def test_the_tests_of_the_page_are_those_that_are_run_here(server: JmapFake, shelf: Shelf) -> None:
    assert "class TestJmap(MailboxContract)" in CODE[1]
    compile(CODE[1], "page", "exec")
    assert len(CODE) == 2


def test_what_came_moved_and_left_is_told(server: JmapFake, opens: Open) -> None:
    keys = [server.deliver(raw) for raw in SAMPLES]
    _, cursor = read_all(opens())
    server.move(keys[0], "f2")
    server.remove(keys[1])
    new = server.deliver(SAMPLES[0], "f3")
    pages: list[Page] = list(opens().changes(cursor))
    assert [(one.key, one.role, one.flags) for page in pages for one in page.moved] == [
        (keys[0], Role.SENT, frozenset({"seen"}))
    ]
    assert [key for page in pages for key in page.gone] == [keys[1]]
    assert [(mail.key, mail.role) for page in pages for mail in page.mails] == [(new, Role.OTHER)]


def test_a_server_that_forgot_the_place_is_read_anew(server: JmapFake, opens: Open) -> None:
    for raw in SAMPLES:
        server.deliver(raw)
    _, cursor = read_all(opens())
    server.forgets = server.state + 1
    assert len(read_all(opens(), cursor)[0]) == len(SAMPLES)


def test_a_wrong_token_and_a_busy_server_say_so(server: JmapFake, opens: Open) -> None:
    with pytest.raises(SignInNeeded):
        opens("bad")
    server.fail("status", status=503)
    with pytest.raises(Unreachable):
        opens()


def test_the_commands_take_it_as_the_page_says(
    server: JmapFake, shelf: Shelf, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for raw in SAMPLES:
        server.deliver(raw)
    private_home.mkdir()
    entry = TABLES[1].replace("https://jmap.example.org/.well-known/jmap", f"{server.url}/session")
    (private_home / "config.toml").write_text(entry)
    monkeypatch.setenv("JMAP_TOKEN", "good")
    ran = relance("sync", "--account", "work")
    assert (ran.code, ran.err) == (0, "work: 4 new mails.\n")
    (said,) = re.findall(r"`relance doctor` then says `(.*?)`", TOLD)
    assert f"✓ ok   {said}" in relance("doctor").out.splitlines()
