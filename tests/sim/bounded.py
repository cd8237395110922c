"""Every mail of the corpora, and many made from them by chance, judged within limits on time and memory.

python -m tests.sim.bounded [--mutated 20000] [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import logging
import lzma
import random
import resource
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

from agent.decide.threads.threads import Thread
from agent.decide.values import Me
from agent.judging.condensing import condense
from providers.base import Role
from providers.mail.mime import parse
from tests.judgement.loading import ME, cases
from tests.providers.test_quote_bounds import pumped

MOST_SECONDS, MOST_MEMORY = 1.0, 200 * 1024 * 1024
LARGEST = 1_000_000
MINE = b"From: Sam <sam@mine.example>\r\nTo: ann@x.example\r\nMessage-ID: <q@mine.example>\r\nSubject: Offer\r\n\r\nCould you send me the price?\r\n"


def data() -> Path | None:
    """The corpora that may not lie in the repository."""
    return next((up / "shared" / "data" for up in Path(__file__).parents if (up / "shared" / "data").is_dir()), None)


def corpora() -> Iterator[tuple[str, bytes]]:
    """Mails as they lie there, and the labelled ones of the tests."""
    for case in cases():
        head = f"From: {case.mail.sender.email if case.mail.sender else 'x@y.example'}\r\nSubject: {case.mail.subject[:200]}\r\n"
        yield case.name, head.encode() + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + case.mail.text.encode()
    place = data()
    for file in sorted(place.glob("*.tar.xz")) if place else ():
        with tarfile.open(file) as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.isfile() and member.size < LARGEST else None
                if stream is not None:
                    yield f"{file.name}:{member.name}", stream.read()
    spoken = place / "voice-dev.jsonl.xz" if place else None
    if spoken is not None and spoken.exists():
        with lzma.open(spoken, "rt", encoding="utf-8") as lines:
            for number, row in enumerate(map(json.loads, lines)):
                if row["type"] == "mail":
                    yield f"voice-dev:{number}", b"From: a@b.example\r\n\r\n" + row["text"].encode()


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """The mail with parts of it repeated, cut, moved or replaced by what keeps readers busy."""
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(raw) + 1)
        end = min(len(raw), start + chance.choice((1, 3, 10, 40, 200, 1000)))
        middle = raw[start:end]
        match chance.randrange(5):
            case 0:
                middle *= chance.choice((2, 30, 500, 5000))
            case 1:
                middle = b""
            case 2:
                middle = pumped(chance).encode("utf-8", "replace")
            case 3:
                middle = bytes(chance.randrange(256) for _ in range(20))
            case _:
                middle = middle[::-1] + b"\r\n\r\n"
        raw = (raw[:start] + middle + raw[end:])[:LARGEST]
    return raw


def seconds_of(name: str, raw: bytes) -> float:
    """Processor time to judge it as the answer to a question of ours."""
    me = Me(name=ME.name, addresses=ME.addresses, zone=ME.zone)
    asked, theirs = parse(MINE, role=Role.SENT), parse(raw, key=name)
    begun = time.process_time()
    condense(Thread("<q@mine.example>", (asked, theirs)), me)
    return time.process_time() - begun


def run(most_mutated: int, seed: int, every: int = 1) -> tuple[int, list[str], int]:
    """How many were judged, which took too long, and the most memory in bytes beyond the start."""
    logging.getLogger("flufl.bounce").setLevel(
        logging.CRITICAL
    )  # which tells on stderr what it makes of a mail that is broken on purpose
    chance = random.Random(seed)
    known = [one for number, one in enumerate(corpora()) if number % every == 0]
    many = ((f"{(pick := chance.choice(known))[0]}~{n}", mutated(pick[1], chance)) for n in range(most_mutated))
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    slow, total, worst = [], 0, 0.0
    for source in (known, many):
        for name, raw in source:
            total += 1
            taken = seconds_of(name, raw)
            worst = max(worst, taken)
            slow += [f"{name}: {taken:.2f} s"] if taken > MOST_SECONDS else []
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - start
    print(
        f"{total} mails judged, the slowest in {worst:.2f} s, {grown / 1_000_000:.0f} MB more at most, {len(slow)} too slow"
    )
    if data() is None:
        print("The corpora beside the repository are not here, so only those in it were judged.")
    return total, slow, grown


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--mutated", type=int, default=20_000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    _, slow, grown = run(given.mutated, given.seed)
    print("\n".join(slow))
    return int(bool(slow) or grown > MOST_MEMORY)


if __name__ == "__main__":
    raise SystemExit(main())
