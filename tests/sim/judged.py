"""Stories of the whole program, from a mail to the judge, the draft, the gate and the outbox; each says what is wrong.

python -m tests.sim.judged         every kind of answer in every place while a letter waits
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

from agent.decide.gate.levels import Level
from agent.running.jobs import one_pass, wake_up
from agent.verbs import actions
from providers.base import Role
from tests.sim import truth
from tests.sim.mailing import SAYINGS, Arrival, Person, Said, asking, by_hand, report, written
from tests.sim.town import Town

PAT = Person(1)
FIVE_DAYS = timedelta(days=5)
PLACES = (
    ("work", Role.INBOX), ("work", Role.JUNK), ("work", Role.ARCHIVE), ("work", Role.OTHER), ("home", Role.INBOX),
    ("home", Role.JUNK),
)  # fmt: skip


@contextmanager
def town(level: Level = Level.COPILOT) -> Iterator[Town]:
    here = Town(level)
    wake_up(here.desk)
    try:
        yield here
    finally:
        here.close()


def passes(here: Town, days: float, step_hours: float = 3.0) -> None:
    """The daemon works for a while."""
    end = here.world.now + timedelta(days=days)
    while here.world.now < end:
        here.world.pass_time(hours=step_hours)
        one_pass(here.desk, here.jobs)


def asked(here: Town, ago: timedelta = FIVE_DAYS) -> None:
    """I asked Pat something, and it was read."""
    here.world.put("work", asking(PAT, here.world.now - ago))
    one_pass(here.desk, here.jobs)


def queued(here: Town) -> int:
    """The follow-up to Pat, approved and held."""
    asked(here)
    (row,) = here.followups()
    done = actions.approve(here.desk, row["id"], at_once=True)
    assert done.ok, done
    return int(row["id"])


def saying(meaning: str) -> Said:
    return next(said for said in SAYINGS if said.meaning == meaning)


def left(here: Town, most: int, question: str) -> list[str]:
    count = len(here.world.delivered)
    found = [f"{question}: {count} letters left"] if count > most else []
    return found + here.knowing.wrong + truth.wrong(here.home.store, here.world) + truth.manners(here.world)


def it_leaves_when_nothing_comes() -> list[str]:
    """Without this every other story could be true of a program that does nothing."""
    with town() as here:
        queued(here)
        passes(here, 0.5)
        return left(here, 1, "in peace") or ([] if here.world.delivered else ["in peace nothing left"])


def during_the_hold(arrival: Callable[[datetime], Arrival], days: float = 1.5) -> list[str]:
    """Something comes while the letter waits; nothing may leave for a while."""
    with town() as here:
        queued(here)
        found = arrival(here.world.now)
        here.arrive(found)
        passes(here, days)
        return left(here, 0, f"after {found.meaning} in {found.box}, {found.mail.role}, from {found.mail.sender}")


def every_answer() -> Iterator[Callable[[], list[str]]]:
    """Every meaning in every place, in the thread and outside of it, from both addresses of the person."""
    sayings = [said for said in SAYINGS if said.blocks]
    for said, (box, role), threaded, sender in product(sayings, PLACES, (True, False), (PAT.address, PAT.alias)):

        def story(
            said: Said = said, box: str = box, role: Role = role, threaded: bool = threaded, sender: str = sender
        ) -> list[str]:
            return during_the_hold(
                lambda now: written(
                    said, PAT, now, "<in@x.example>", box=box, role=role, threaded=threaded, sender=sender
                )
            )

        story.__name__ = (
            f"{said.meaning}-{box}-{role}-{'thread' if threaded else 'elsewhere'}-{sender.partition('@')[2][:4]}"
        )
        yield story


def an_answer_in_junk() -> list[str]:
    return during_the_hold(lambda now: written(saying("reply"), PAT, now, "<in@x.example>", role=Role.JUNK))


def an_answer_from_another_address() -> list[str]:
    """In a thread of its own, so that only the name tells who it is."""
    return during_the_hold(
        lambda now: written(saying("reply"), PAT, now, "<in@x.example>", threaded=False, sender=PAT.alias)
    )


def a_bounce_that_names_the_letter_only_inside() -> list[str]:
    mail = report(PAT, "<in@x.example>", datetime(2026, 11, 18, 9, 1).astimezone(), failed=True)
    return during_the_hold(lambda _now: Arrival(mail, PAT, "work", "bounce", None, blocks=True, overridable=False))


def undo_twice_revives_nothing() -> list[str]:
    with town() as here:
        number = queued(here)
        actions.undo(here.desk, number)
        here.arrive(written(saying("opt_out"), PAT, here.world.now, "<in@x.example>"))
        one_pass(here.desk, here.jobs)
        actions.undo(here.desk, number)
        return [f"what they ended is {row['state']}" for row in here.followups() if row["state"] != "stopped"]


def approving_anew_is_one_letter() -> list[str]:
    """Cancelled and approved again, the touch is still the same one."""
    with town() as here:
        number = queued(here)
        actions.undo(here.desk, number)
        actions.approve(here.desk, number, at_once=True)
        here.world.pass_time(hours=1.1)
        one_pass(here.desk, here.jobs)
        touches = [(row["basis"], row["touch"]) for row in here.followups()]
        passes(here, 1)
        for row in here.followups():
            actions.approve(here.desk, row["id"], at_once=True)
        passes(here, 1.5)
        planned = [] if len(touches) == len(set(touches)) else ["a touch was planned twice"]
        return planned + left(here, 1, "approved again and again")


def approving_what_the_user_overtook() -> list[str]:
    """The user wrote by hand after the draft was made."""
    with town() as here:
        asked(here)
        (row,) = here.followups()
        here.world.put("work", by_hand(PAT, here.world.now, "<hand@y.example>"))
        here.sync("work")
        actions.approve(here.desk, row["id"], at_once=True)
        passes(here, 1)
        return left(here, 0, "after a mail by hand")


def an_opt_out_holds_for_ever() -> list[str]:
    """Also in another thread, which the user began later."""
    with town(Level.AUTOPILOT) as here:
        asked(here)
        here.arrive(written(saying("opt_out"), PAT, here.world.now, "<in@x.example>"))
        one_pass(here.desk, here.jobs)
        here.world.pass_time(hours=1)
        here.world.put("work", replace(asking(PAT, here.world.now), message_id="<again@y.example>", subject="Boats"))
        passes(here, 14, 5)
        return left(here, 0, "after they asked not to be written to")


def an_opt_out_in_a_mail_of_its_own() -> list[str]:
    """In Junk, in a thread the user never wrote in; then the user asks by hand once more."""
    with town(Level.AUTOPILOT) as here:
        here.world.put("work", asking(PAT, here.world.now))
        here.arrive(written(saying("opt_out"), PAT, here.world.now, "<in@x.example>", role=Role.JUNK, threaded=False))
        one_pass(here.desk, here.jobs)
        here.world.pass_time(hours=1)
        here.world.put("work", by_hand(PAT, here.world.now, "<hand@y.example>"))
        passes(here, 14, 5)
        return left(here, 0, "after they asked not to be written to")


def nothing_before_the_day_they_named() -> list[str]:
    """And then it does go on, once the user approves it: their words moved the day, at autopilot too."""
    with town(Level.AUTOPILOT) as here:
        here.world.put("work", asking(PAT, here.world.now - timedelta(days=2)))
        here.arrive(written(saying("later"), PAT, here.world.now, "<in@x.example>", days=7))
        passes(here, 16, 6)
        early = left(here, 0, "without an approval after a promise")
        for row in here.followups("drafted", "asked"):
            actions.approve(here.desk, row["id"], at_once=True)
        passes(here, 4, 6)
        return early or left(here, 2, "after their day") or ([] if here.world.delivered else ["nothing left"])


def a_day_named_in_the_other_account() -> list[str]:
    """In the thread, but in a mailbox that has nothing else of it; the user approves whatever is shown."""
    with town() as here:
        here.world.put("work", asking(PAT, here.world.now - timedelta(days=2)))
        here.arrive(written(saying("later"), PAT, here.world.now, "<in@x.example>", box="home", days=9))
        for _ in range(10):
            passes(here, 0.5, 6)
            for row in here.followups("drafted", "asked"):
                actions.approve(here.desk, row["id"], at_once=True)
        return left(here, 0, "before the day they named")


def an_absence_only_moves_the_clock() -> list[str]:
    """A draft comes after the return, and none before; at autopilot too it waits for its approval."""
    with town(Level.AUTOPILOT) as here:
        here.world.put("work", asking(PAT, here.world.now - timedelta(days=2)))
        here.arrive(written(saying("away"), PAT, here.world.now, "<in@x.example>", days=7))
        passes(here, 8, 6)
        early = due(here)
        passes(here, 9, 6)
        found = left(here, 0, "although nobody approved the first letter after an absence")
        found += [f"{state} during the absence" for state in early]
        return found or ([] if due(here) else ["after the return nothing is due"])


def due(here: Town) -> list[str]:
    """The states of what is due or on its way."""
    return [row["state"] for row in here.followups() if row["state"] in {"quiet", "drafted", "outbox"}]


def a_mail_by_hand_is_a_touch() -> list[str]:
    with town(Level.AUTOPILOT) as here:
        asked(here, timedelta(days=1))
        here.world.put("work", by_hand(PAT, here.world.now, "<hand@y.example>"))
        passes(here, 4, 6)
        return left(here, 0, "within the wait after a mail by hand")


def an_answer_takes_its_draft_away() -> list[str]:
    with town() as here:
        asked(here)
        here.arrive(written(saying("reply"), PAT, here.world.now, "<in@x.example>"))
        passes(here, 0.2)
        return [f"after the answer it is {row['state']}" for row in here.followups() if row["state"] != "answered"]


def the_plan_ends() -> list[str]:
    """Two touches, and never a third."""
    with town(Level.AUTOPILOT) as here:
        asked(here)
        passes(here, 45, 6)
        return left(here, 2, "after the last touch") or (
            [] if len(here.world.delivered) == 2 else [f"{len(here.world.delivered)} of 2 touches left"]
        )


STORIES: tuple[Callable[[], list[str]], ...] = (
    it_leaves_when_nothing_comes, an_answer_in_junk, an_answer_from_another_address,
    a_bounce_that_names_the_letter_only_inside, undo_twice_revives_nothing, approving_anew_is_one_letter,
    approving_what_the_user_overtook, an_opt_out_holds_for_ever, an_opt_out_in_a_mail_of_its_own, nothing_before_the_day_they_named,
    a_day_named_in_the_other_account, an_absence_only_moves_the_clock, a_mail_by_hand_is_a_touch, an_answer_takes_its_draft_away,
    the_plan_ends,
)  # fmt: skip


def main() -> int:
    began, wrong, count = time.monotonic(), 0, 0
    for story in every_answer():
        found = story()
        count, wrong = count + 1, wrong + bool(found)
        for line in found:
            print("WRONG", story.__name__, line)
    print(f"{count} answers during the hold, {wrong} after which a letter left, {time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
