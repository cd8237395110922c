"""Real delivery reports, where the corpora lie beside the project: how many are found, and each one that is not."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

from agent.decide.reading.answers import read_answer
from agent.decide.values import Me, Meaning
from providers.mail.mime import parse

DATA = Path(__file__).parents[3] / "shared" / "data"
CORPUS = "sisimai-set-of-emails.tar.xz"
FOUND = frozenset({Meaning.BOUNCE, Meaning.DELAY, Meaning.OPT_OUT})


def members(name: str, within: str) -> Iterator[tuple[str, bytes]]:
    """The files of an archive whose path holds `within`."""
    with tarfile.open(DATA / name) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() and within in member.name else None
            if stream is not None:
                yield member.name, stream.read()


def bounces() -> tuple[int, list[str]]:
    """How many reports there are, and which were taken for something else."""
    total, missed = 0, []
    for name, raw in members(CORPUS, "maildir/bsd/"):
        total += 1
        answer = read_answer(parse(raw, key=name), me=Me())
        if answer.meaning not in FOUND:
            missed.append(f"{name}: {answer.meaning}")
    return total, missed


def table() -> str:
    """The score and the misses; says so where there is nothing to read."""
    if not (DATA / CORPUS).exists():
        return f"the corpus {CORPUS} is not here"
    total, missed = bounces()
    return "\n".join([f"found {total - len(missed)}/{total}, taken for something else:", *missed])
