"""Lends a draft to the person's own editor in a private file, and takes the file away again whatever happens."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from textual.app import SuspendNotSupported

MOST = 200_000


def command() -> list[str]:
    """The editor a person chose, or one that is there."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        parts = shlex.split(chosen)
    except ValueError:
        parts = []
    return parts or [next((name for name in ("nano", "vim", "vi") if shutil.which(name)), "vi")]


def edited(app: Any, folder: Path, text: str) -> tuple[str | None, str]:
    """The text as the editor left it, or None and what went wrong."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix="draft-", suffix=".txt", dir=folder)
    except OSError as problem:
        return None, f"No file to edit in: {problem.strerror}."
    file = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
        with app.suspend():
            done = subprocess.run([*command(), name], check=False)
        if done.returncode:
            return None, "The editor ended with an error; the draft is as it was."
        return file.read_text(encoding="utf-8", errors="replace")[:MOST].rstrip("\n"), ""
    except SuspendNotSupported:
        return None, "This terminal cannot lend the screen to an editor; e edits in place."
    except OSError as problem:
        return None, f"The editor could not be started: {problem.strerror}."
    finally:
        file.unlink(missing_ok=True)
