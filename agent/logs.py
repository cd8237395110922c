"""The program's own log: names of events, ids and lengths; never a word of mail."""

from __future__ import annotations

import logging
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path

from agent.paths import Places, make_private, places

LOG = logging.getLogger("relance")
SAFE = ("account", "object", "event", "state", "code", "count", "seconds", "size", "phase", "error")


def start(where: Places, *, to_stderr: bool = False) -> None:
    """Write to a rotating file, or to stderr where a service manager keeps it."""
    if LOG.handlers:
        return
    handler: logging.Handler
    if to_stderr:
        handler = logging.StreamHandler()
    else:
        handler = RotatingFileHandler(make_private(where.logs) / "relance.log", maxBytes=1_000_000, backupCount=3)
        (where.logs / "relance.log").chmod(0o600)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False


def note(event: str, **fields: str | float) -> None:
    """One line; fields outside the known harmless ones are refused."""
    unknown = set(fields) - set(SAFE)
    if unknown:
        raise ValueError(f"not allowed in a log: {sorted(unknown)}")
    words = " ".join(f"{name}={str(value)[:80]!r}" for name, value in fields.items())
    LOG.info("%s %s", event, words)


def keep_traceback(problem: BaseException) -> Path:
    """Files, lines and the type of an unexpected error; its message may hold mail and is left out."""
    where = places()
    frames = traceback.extract_tb(problem.__traceback__)
    lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    file = make_private(where.logs) / "crashes.log"
    with file.open("a", encoding="utf-8") as stream:
        stream.write("\n".join([type(problem).__name__, *lines, ""]))
    file.chmod(0o600)
    return file
