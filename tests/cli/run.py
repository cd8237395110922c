"""Runs the program as a user would: in this process for speed, or in one of its own where that matters."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from agent.cli import cli
from agent.cli.exit_codes import run


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def relance(*words: str, stdin: str = "") -> Ran:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), mock.patch("sys.stdin", io.StringIO(stdin)):
        code = run(cli, words)
    return Ran(code, out.getvalue(), err.getvalue())


def process(*words: str, stdin: str = "") -> Ran:
    program = Path(sys.executable).with_name("relance")
    done = subprocess.run([str(program), *words], capture_output=True, text=True, input=stdin, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)
