"""Prints how well the labelled mails are read: `make judge`."""

from __future__ import annotations

import sys
from collections import Counter

from agent.decide.answers import read_answer
from agent.decide.values import Answer
from tests.judgement.loading import ME, Case, cases
from tests.judgement.threading import thread_cases, verdict

HARD = {"reply", "decline", "opt_out", "booked", "delegate", "later"}
IGNORED = {"receipt", "list", "away", "own", "bounce", "delay"}
OWN = frozenset({"<own1@mine.example>"})


def read(case: Case) -> Answer:
    return read_answer(case.mail, me=ME, parent_text=case.ask, own_ids=OWN)


def dangerous(case: Case, answer: Answer) -> bool:
    """A person's word, or a no, taken for a machine's or ignored."""
    weaker = case.meaning in {"decline", "opt_out"} and answer.meaning not in {"decline", "opt_out", "unsure"}
    return weaker or (case.meaning in {"reply", "booked", "delegate"} and answer.meaning in IGNORED | {"later"})


def table(chosen: list[Case]) -> tuple[str, int]:
    pairs = [(case, read(case)) for case in chosen]
    wanted, got = Counter(case.meaning for case, _ in pairs), Counter(str(answer.meaning) for _, answer in pairs)
    hits = Counter(case.meaning for case, answer in pairs if case.meaning == answer.meaning)
    lines = [
        f"{name:10} n {wanted[name]:3}  precision {hits[name] / max(1, got[name]):.2f}  recall {hits[name] / wanted[name]:.2f}"
        for name in sorted(wanted)
    ]
    traps = [(case, answer) for case, answer in pairs if case.trap]
    dated = [(case, answer) for case, answer in pairs if case.until and not case.skip_date]
    right_days = sum(str(answer.until) == case.until for case, answer in dated)
    bad = sum(dangerous(case, answer) for case, answer in pairs)
    lines.append(
        f"all {sum(hits.values())}/{len(pairs)}  traps {sum(c.meaning == a.meaning for c, a in traps)}/{len(traps)}  days {right_days}/{len(dated)}  dangerous {bad}"
    )
    return "\n".join(lines), bad


def threads() -> int:
    """The score of the labelled threads; a hard no judged quiet is dangerous."""
    bad = 0
    for title, held in (("threads, tuned half", False), ("threads, held-out half", True)):
        pairs = [(case, verdict(case)) for case in thread_cases() if case.ordinary and case.held_out is held]
        right = sum(
            found.quiet == case.entry["q"] and case.entry.get("hold", found.hold) == found.hold for case, found in pairs
        )
        wrong = sum(found.quiet and not case.entry["q"] for case, found in pairs)
        bad += wrong
        print(f"== {title}\nall {right}/{len(pairs)}  chased although it should not {wrong}")
    return bad


def main() -> int:
    total = 0
    for title, held in (("tuned half", False), ("held-out half", True)):
        text, bad = table([case for case in cases() if case.held_out is held])
        print(f"== {title}\n{text}")
        total += bad
    total += threads()
    if "--misses" in sys.argv:
        for case in cases():
            answer = read(case)
            if not case.held_out and (
                answer.meaning != case.meaning
                or (case.until and not case.skip_date and str(answer.until) != case.until)
                or (case.delegate and answer.delegate != case.delegate)
            ):
                print(
                    case.name,
                    case.language,
                    "want",
                    case.meaning,
                    case.until,
                    case.delegate,
                    "got",
                    answer.meaning,
                    answer.until,
                    answer.delegate,
                    "|",
                    case.mail.text[:90].replace("\n", " "),
                )
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
