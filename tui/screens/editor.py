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
"""Characters taken back from an editor: nobody types more, and a wrong file is cut."""


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
    editor = command()
    if shutil.which(editor[0]) is None:
        return None, f"{_called(editor)} is not installed, or may not be run; e edits here."
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix="draft-", suffix=".txt", dir=folder)
    except OSError as problem:
        return None, f"No file to edit in: {problem.strerror}."
    file = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
        problem_there = _run(app, [*editor, name])
        if problem_there:
            return None, problem_there
        return file.read_text(encoding="utf-8", errors="replace")[:MOST].rstrip("\n"), ""
    except SuspendNotSupported:
        return None, "This terminal cannot lend the screen to an editor; e edits in place."
    except OSError as problem:
        return None, f"The text cannot be read back: {problem.strerror}. The draft is as it was."
    finally:
        file.unlink(missing_ok=True)


def _run(app: Any, words: list[str]) -> str:
    """What went wrong while the editor had the screen, if anything did."""
    with app.suspend():
        # Nothing may be raised in here: the screen would never be given back.
        try:
            ended = subprocess.run(words, check=False).returncode
        except OSError as problem:
            return f"{_called(words)} could not be started: {problem.strerror}. e edits here."
        except KeyboardInterrupt:
            ended = 1
    return f"{_called(words)} ended with an error; the draft is as it was." if ended else ""


def _called(words: list[str]) -> str:
    """The editor by a name that fits a line."""
    return f"The editor {Path(words[0]).name[:20]}"
