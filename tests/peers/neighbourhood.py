"""Fixtures that open a house on every kind of mailbox; a kind that is not installed here says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.peers.cloud_houses import GmailHouse, OutlookHouse
from tests.peers.dovecot import dovecot
from tests.peers.houses import House, ImapHouse, MemoryHouse
from tests.peers.smtp_faults import fault_server

__all__ = ["build", "dovecot", "house"]
Build = Callable[..., House]


KINDS = [
    "memory", pytest.param("imap", marks=pytest.mark.peer), pytest.param("gmail", marks=pytest.mark.slow),
    pytest.param("outlook", marks=pytest.mark.slow),
]  # fmt: skip


@pytest.fixture(params=KINDS)
def build(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Build]:
    """Opens houses of one kind."""
    monkeypatch.setenv("HOUSE_PASSWORD", "secret")
    kinds: dict[str, Build] = {"memory": MemoryHouse, "gmail": GmailHouse, "outlook": OutlookHouse}
    opened: list[House] = []
    with fault_server() as smtp:
        make = kinds.get(request.param) or partial(ImapHouse, request.getfixturevalue("dovecot"), smtp)

        def one(**how: str) -> House:
            opened.append(make(**how))
            return opened[-1]

        yield one
        for each in opened:
            each.close()
            shutil.rmtree(each.folder, ignore_errors=True)


@pytest.fixture
def house(build: Build) -> House:
    return build()
