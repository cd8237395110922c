"""The process beside `relance try` that reads mails and condenses threads; it holds no secret and writes no file."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import msgspec
from msgspec import Struct

from agent.decide.threads.summary import Summary
from agent.decide.threads.threads import Thread
from agent.decide.values import Me
from agent.judging.condensing import condense
from providers.base import Mail
from providers.local.archive import ArchiveMailbox, Spot
from providers.worker_child import get, put


class MailsToRead(Struct, frozen=True, tag="read"):
    """Mails to read."""

    path: bytes
    spots: list[Spot]


class Begin(Struct, frozen=True, tag="begin"):
    """Whose mailbox it is; nothing is answered."""

    me: Me
    own_ids: list[str]


class Judge(Struct, frozen=True, tag="judge"):
    """Threads to condense."""

    threads: list[Thread]


def serve() -> None:
    """Requests in, answers out, until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = msgspec.json.Decoder(MailsToRead | Begin | Judge)
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    me, own_ids = Me(), frozenset[str]()
    while (data := get(source)) is not None:
        request = requests.decode(data)
        if isinstance(request, Begin):
            me, own_ids = request.me, frozenset(request.own_ids)
        elif isinstance(request, Judge):
            put(sink, msgspec.json.encode(_condensed(request, me, own_ids)))
        else:
            put(sink, msgspec.json.encode(_read(request)))


def _condensed(request: Judge, me: Me, own_ids: frozenset[str]) -> list[Summary]:
    return [condense(thread, me, own_ids)[0] for thread in request.threads]


def _read(request: MailsToRead) -> list[Mail]:
    return ArchiveMailbox(Path(os.fsdecode(request.path))).read(request.spots)
