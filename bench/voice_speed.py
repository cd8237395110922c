"""Times a phrasebook draft and a profile of 10,000 sent mails, and prints the peak memory; no claim without a run."""

from __future__ import annotations

import resource
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from voice.brief import Brief, Message
from voice.languages.pack import pack
from voice.learning.corpus import Corpus, SentMail
from voice.learning.profile import build
from voice.writing.phrasebook import Phrasebook

START = datetime(2020, 1, 1, tzinfo=UTC)
QUOTE = "\n\nOn Mon, 5 Jan 2026 at 10:00, Bo wrote:\n" + "> a line of an older mail that was quoted in full\n" * 12


def mails(many: int) -> list[SentMail]:
    pick = Random(1)
    known = sorted(pack("en").vocabulary)
    made = []
    for number in range(many):
        body = ". ".join(
            " ".join(pick.choices(known, k=pick.randint(5, 18))).capitalize() for _ in range(pick.randint(2, 9))
        )
        text = f"Hi Ada,\n\n{body}.\n\nTa,\nNoor{QUOTE}"
        made.append(
            SentMail(
                str(number),
                START + timedelta(hours=number),
                text,
                "Garden",
                (f"p{number % 300}@example.org",),
                "Ada Ek",
            )
        )
    return made


def main() -> None:
    sent = mails(10_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, worked = perf_counter(), process_time()
    corpus = Corpus()
    corpus.add(sent)
    profile = build(corpus, others=[mail.text for mail in sent[:600]])
    print(
        f"profile of 10,000 mails: {perf_counter() - start:.1f} s ({process_time() - worked:.1f} s of work), peak "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB "
        f"(mails alone {before:.0f} MB)"
    )
    own = Message(
        START, ("Hi Bo,\n\nThe two offers are in one table. Which of the two should we take?\n\nTa,\nNoor"), "Terrace"
    )
    brief = Brief(now=START + timedelta(days=7), own=(own,), recipient_name="Bo Lund")
    times, work = [], []
    for _ in range(100):
        start, worked = perf_counter(), process_time()
        Phrasebook().write(brief, profile)
        times.append(1000 * (perf_counter() - start))
        work.append(1000 * (process_time() - worked))
    print(
        f"phrasebook draft: median {median(times):.1f} ms ({median(work):.1f} ms of work), worst "
        f"{max(times):.1f} ms ({max(work):.1f} ms) of 100, language named by the model of it"
    )


if __name__ == "__main__":
    main()
