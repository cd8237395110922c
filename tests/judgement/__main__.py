"""Prints how well the labelled mails and threads are read, one table per set: `make judge`."""

from __future__ import annotations

import sys
from collections import Counter

from agent.decide.reading.answers import read_answer
from agent.decide.threads.quiet import Verdict
from agent.decide.values import STOPPING, Answer, Meaning
from tests.judgement import alone, days, reports
from tests.judgement.loading import ME, Case, cases
from tests.judgement.threading import ThreadCase, thread_cases, verdict

IGNORED = {"receipt", "list", "away", "own", "bounce", "delay"}
OWN = frozenset({"<own1@mine.example>"})
SETS = (
    ("tuned half", "mails", 0),
    ("held-out half", "mails", 1),
    ("from_the_rulings", "from_the_rulings/mails", 2),
    ("mixed_turns", "mixed_turns/mails", 2),
    ("many_hands", "many_hands/mails", 2),
    ("other_wordings", "other_wordings/mails", 2),
    ("ordinary_wordings", "ordinary_wordings/mails", 2),
    ("written_outside", "written_outside/mails", 2),
    ("colleagues", "colleagues/mails", 2),
    ("in_passing", "in_passing/mails", 2),
    ("within_a_minute", "within_a_minute/mails", 2),
    ("trades_and_calendars", "trades_and_calendars/mails", 2),
    ("everyday_life", "everyday_life/mails", 2),
    ("machine_or_person", "machine_or_person/mails", 2),
    ("days_without_delay", "days_without_delay/mails", 2),
)
THREADS = (
    ("tuned half", "threads", 0),
    ("held-out half", "threads", 1),
    ("from_the_rulings", "from_the_rulings/threads", 2),
    ("mixed_turns", "mixed_turns/threads", 2),
    ("many_hands", "many_hands/threads", 2),
    ("other_wordings", "other_wordings/threads", 2),
    ("trades_and_calendars", "trades_and_calendars/threads", 2),
)
BOTH = 2
FIRST_SIGHT = {
    "from_the_rulings": "225/261, 21 dangerous or noes taken for answers",
    "mixed_turns": "37/61, 18 dangerous or noes taken for answers",
    "many_hands": "199/296, 10 dangerous, 27 noes taken for answers; threads 44/49, 2 chased",
    "ordinary_wordings": "52/54, 0 dangerous, 1 no taken for an answer",
    "written_outside": "69/80, 2 dangerous, 2 noes taken for answers; by somebody who had not seen the rules",
    "colleagues": "65/91, 1 dangerous, 12 noes taken for answers",
    "in_passing": "29/40, 1 dangerous, 7 noes taken for answers",
    "within_a_minute": "25/36, 1 dangerous, 6 noes taken for answers",
    "trades_and_calendars": "114/154, 6 dangerous, 15 noes taken for answers; threads 24/26, 0 chased",
    "everyday_life": "37/64, 0 dangerous, 17 noes taken for answers",
    "machine_or_person": "33/45, 3 dangerous, 0 noes taken for answers",
    "days_without_delay": "23/40, 10 dangerous, 2 noes taken for answers; nearly all of it traps",
    "days": "32/46",
    "other_wordings": "64/101, 0 dangerous, 21 noes taken for answers; threads 15/16, 1 chased",
}
"""What each set scored when the rules had never met it."""


def read(case: Case) -> Answer:
    return read_answer(case.mail, me=ME, parent_text=case.ask, own_ids=OWN)


def weaker(case: Case, answer: Answer) -> bool:
    """A no taken for a plain answer: the follow-up stops, but the matter is not closed for good."""
    return case.meaning in {"decline", "opt_out"} and answer.meaning in STOPPING - {Meaning.DECLINE, Meaning.OPT_OUT}


def dangerous(case: Case, answer: Answer) -> bool:
    """A person's word, or a no, taken for a machine's or ignored: the follow-up would go on."""
    chased = case.meaning in {"decline", "opt_out"} and not answer.stops and answer.meaning != "unsure"
    deferred = case.meaning == "later" and answer.meaning in IGNORED - {"away"}
    settled = case.meaning in {"reply", "booked", "delegate"} and answer.meaning in IGNORED | {"later"}
    return chased or deferred or settled


def chosen_mails(folder: str, half: int) -> list[Case]:
    return [case for case in cases(folder) if half == BOTH or case.held_out is bool(half)]


def chosen_threads(folder: str, half: int) -> list[ThreadCase]:
    return [case for case in thread_cases(folder) if case.ordinary and (half == BOTH or case.held_out is bool(half))]


def table(chosen: list[Case]) -> tuple[str, int]:
    """The score per meaning and the number of dangerous errors."""
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
    soft = sum(weaker(case, answer) for case, answer in pairs)
    lines.append(
        f"all {sum(hits.values())}/{len(pairs)}  traps {sum(c.meaning == a.meaning for c, a in traps)}/{len(traps)}  days {right_days}/{len(dated)}  dangerous {bad}  noes taken for answers {soft}"
    )
    return "\n".join(lines), bad


def right(case: ThreadCase, found: Verdict) -> bool:
    return found.quiet == case.entry["q"] and case.entry.get("hold", found.hold) == found.hold


def threads(title: str, chosen: list[ThreadCase]) -> int:
    """The score of the labelled threads; one chased that should rest is dangerous."""
    pairs = [(case, verdict(case)) for case in chosen]
    wrong = sum(found.quiet and not case.entry["q"] for case, found in pairs)
    hits = sum(right(case, found) for case, found in pairs)
    print(f"== threads, {title}\nall {hits}/{len(pairs)}  chased although it should not {wrong}")
    return wrong


def misses(title: str, chosen: list[Case]) -> None:
    """Each mail read otherwise than labelled."""
    for case in chosen:
        answer = read(case)
        day = case.until and not case.skip_date and str(answer.until) != case.until
        if answer.meaning == case.meaning and not day and (not case.delegate or answer.delegate == case.delegate):
            continue
        mark = "!!" if dangerous(case, answer) else "  "
        wanted, got = (
            (case.meaning, case.until, case.delegate),
            (str(answer.meaning), str(answer.until), answer.delegate),
        )
        print(mark, title, case.name, case.language, wanted, got, "|", case.mail.text[:110].replace("\n", " "))


def thread_misses(title: str, chosen: list[ThreadCase]) -> None:
    """Each thread judged otherwise than labelled."""
    for case in chosen:
        found = verdict(case)
        if not right(case, found):
            mark = "!!" if found.quiet and not case.entry["q"] else "  "
            print(mark, title, case.name, case.entry["q"], case.entry.get("hold"), "got", found, case.entry["p"])


def main() -> int:
    total = 0
    every = alone.said()
    print(f"== single sentences, for tuning (--misses sentences shows those not understood)\n{alone.table(every)}")
    for title, folder, half in SETS:
        chosen = chosen_mails(folder, half)
        if chosen:
            text, bad = table(chosen)
            print(
                f"== mails, {title}\n{text}"
                + (f"\nat first sight {FIRST_SIGHT[title]}" if title in FIRST_SIGHT else "")
            )
            total += bad
    for title, folder, half in THREADS:
        total += threads(title, chosen_threads(folder, half)) if chosen_threads(folder, half) else 0
    print(f"== days as people name them\n{days.table(days.named())}\nat first sight {FIRST_SIGHT['days']}")
    print(f"== delivery reports of others\n{reports.table()}")
    if "--misses" in sys.argv:
        shown = sys.argv[sys.argv.index("--misses") + 1 :] or ["tuned half"]
        if "sentences" in shown:
            print(alone.misses(every))
        for title, folder, half in SETS:
            if title in shown or title.split()[0] in shown:
                misses(title, chosen_mails(folder, half))
        for title, folder, half in THREADS:
            if title in shown or title.split()[0] in shown:
                thread_misses(title, chosen_threads(folder, half))
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
