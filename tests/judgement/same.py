"""Writes down every verdict and every draft there is, so that two states of the code are compared byte by byte; judges
nothing itself.

python -m tests.judgement.same FILE          then, in the other state, into another file; `diff` says what is not the same
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from agent.decide.reading.answers import read_answer
from agent.demo.mailbox import ADDRESS, ALIASES, build
from bench.voice_data import DATA, corpus, load
from providers.local.archive import delivered
from providers.mail.mime import parse
from tests.judgement.__main__ import SETS, THREADS, read
from tests.judgement.alone import said
from tests.judgement.loading import ME, cases
from tests.judgement.threading import thread_cases, verdict
from tests.sim.bounded import corpora
from voice.jobs import OF_SILENCE
from voice.learning.profile import build as build_profile
from voice.writing.phrasebook import Phrasebook

NOW = "2026-11-18T09:00:00+00:00"


def main(file: Path) -> int:
    lines = [f"{name}\t{json.dumps(what, sort_keys=True, ensure_ascii=False, default=str)}" for name, what in every()]
    file.write_text("\n".join(sorted(lines)) + "\n")
    print(f"{len(lines)} verdicts and drafts in {file}")
    return 0


def every() -> Iterator[tuple[str, object]]:
    """What there is, by a name of its own."""
    for label, folder, _ in SETS:
        for case in cases(folder):
            yield f"mail {label} {case.name}", asdict(read(case))
    for label, folder, _ in THREADS:
        for thread in thread_cases(folder):
            yield f"thread {label} {thread.name}", asdict(verdict(thread))
    for number, one in enumerate(said()):
        yield f"sentence {number}", asdict(one)
    for name, raw in corpora():
        mail = parse(raw, key=name)
        yield f"corpus {name}", [mail.text, asdict(read_answer(mail, me=ME, in_thread=True))]
    yield from voices()
    yield from demo()


def voices() -> Iterator[tuple[str, object]]:
    """Every author of the corpora as the phrasebook writes for them, at each step of a matter."""
    for author in load() if DATA.exists() else ():
        profile = build_profile(corpus(author.drafter))
        for item in author.items:
            for job in sorted(OF_SILENCE):
                made = Phrasebook().write(replace(item.brief, job=job), profile)
                yield f"draft {item.quiet.id} {job}", [made.subject, made.body, made.notes, made.abstained]


def demo() -> Iterator[tuple[str, object]]:
    """The demo told, and its mailbox tried with the draft of every follow-up that is due."""
    with tempfile.TemporaryDirectory() as folder:
        box = Path(folder) / "demo.mbox"
        with box.open("wb") as out:
            for mail in build(datetime.fromisoformat(NOW)):
                mark = b"X-Gmail-Labels: %s\r\n" % (
                    b"Inbox" if delivered(mail.raw) and mail.role.value != "sent" else b"Sent"
                )
                out.write(b"From - Wed Nov 18 09:00:00 2026\n" + mark + mail.raw + b"\n\n")
        me = [word for one in (ADDRESS, *ALIASES) for word in ("--me", one)]
        yield "demo told", told(folder, "demo", "--plain", "--now", NOW)
        for number, line in enumerate(told(folder, "try", str(box), *me, "--now", NOW, "--drafts", "--json")):
            yield f"demo tried {number}", line


def told(home: str, *words: str) -> list[str]:
    """What the program prints."""
    done = subprocess.run(
        [sys.executable, "-m", "agent", *words], capture_output=True, text=True, check=True,
        env={**os.environ, "RELANCE_HOME": f"{home}/home", "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
    )  # fmt: skip
    return done.stdout.replace(home, "").splitlines()


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
