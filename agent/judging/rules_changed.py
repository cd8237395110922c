"""Notices that other rules or other own addresses hold than when the store was judged; never judges."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

from agent.common.home import Home
from agent.decide.values import Me
from agent.store.base import settings
from agent.store.mail import verdicts

NAME = "judged.rules"
READ = (".py", ".toml")


def read_again_if_new(home: Home, me: Me) -> bool:
    """Have every thread read again where what it was read with has changed."""
    mark = hashlib.sha256("\n".join([_rules(), *sorted(me.keys)]).encode()).hexdigest()
    with home.store.read() as connection:
        if settings.get(connection, NAME) == mark:
            return False
    with home.store.write() as change:
        verdicts.read_all_again(change)
        settings.put(change, NAME, mark)
    return True


@lru_cache(maxsize=1)
def _rules() -> str:
    """What the judging consists of, words and code."""
    rooms = (resources.files("agent.decide"), resources.files("voice.languages"))
    found = sorted(hashlib.sha256(file.read_bytes()).digest() for room in rooms for file in _files(room))
    return hashlib.sha256(b"".join(found)).hexdigest()


def _files(folder: Traversable) -> Iterator[Traversable]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry)
        elif entry.name.endswith(READ):
            yield entry
