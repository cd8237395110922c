"""Plants bugs one at a time and looks whether a story notices; a bug that nobody notices is a hole in the tests.

python -m tests.sim.mutants [--only M1]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection

from agent.decide.gate import decision as gate
from agent.decide.gate.case import ALLOW, Check, News
from agent.decide.plans import meeting
from agent.decide.plans.lifecycle import STAGE_MOVES, Stage
from agent.decide.threads import origin, people, summary, threads
from agent.judging import condensing, judge
from agent.sending import case, last_look, outbox, reconcile, since_approval
from agent.sending.last_look import Looked
from agent.sequences import silence
from agent.store import arrival
from agent.store.base import audit, outbox_tables, settings
from agent.store.base.engine import Change
from agent.store.mail import asked_by_judge, origins
from agent.store.work import budgets, followups
from agent.store.work import outbox as rows
from agent.verbs import actions, switches
from providers.base import NotSent, Origin, Role
from providers.imap import server as imap_server
from providers.mail import freeze
from tests.sim import forged, judged, prompted, scenarios, tamper

Patches = Callable[[ExitStack], None]


def swap(stack: ExitStack, target: Any, name: str, value: Any) -> None:
    stack.enter_context(patch.object(target, name, value))


def moves(stack: ExitStack, start: Stage, end: Stage) -> None:
    """The bug is in the database as well, else its trigger would stop it."""
    table = {**STAGE_MOVES, start: STAGE_MOVES[start] | {end}}
    swap(stack, outbox_tables, "STAGE_MOVES", table)


def m1(stack: ExitStack) -> None:
    moves(stack, Stage.SUBMITTING, Stage.HELD)

    def recover(change: Change) -> tuple[int, int]:
        found = rows._expired(change)
        for row in found:
            rows.transition(change, row.id, Stage(row.state), Stage.HELD, code="again")
        return len(found), 0

    swap(stack, rows, "recover", recover)


def m2(stack: ExitStack) -> None:
    original = outbox._failed

    def failed(desk: Any, claim: Any, row: Any, problem: Exception, *, committed: bool) -> None:
        original(desk, claim, row, NotSent(str(problem), permanent=False), committed=committed)

    swap(stack, outbox, "_failed", failed)
    swap(stack, budgets, "exhausted", lambda *_: None)


def m3(stack: ExitStack) -> None:
    swap(stack, outbox, "look", lambda desk, _seat: Looked(desk.store.clock(), desk.seconds(), (), ""))


def m4(stack: ExitStack) -> None:
    original = Change.record

    def record(self: Change, *events: Any) -> None:
        original(self, *(event for event in events if event.event != "outbox.submitting"))

    swap(stack, Change, "record", record)


def m5(stack: ExitStack) -> None:
    guards = tuple(guard for guard in outbox_tables.GUARDS)
    swap(stack, outbox_tables, "GUARDS", guards)
    swap(stack, rows, "by_intent", lambda connection, intent: next(
        (row for row in rows.rows(connection, rows.OUTBOX.c.intent == intent) if row.state in {"HELD", "CLAIMED"}), None
    ))  # fmt: skip
    original = rows.put

    def put(change: Change, order: rows.Order, code: str) -> tuple[int, bool]:
        if (
            rows.rows(change.connection, rows.OUTBOX.c.intent == order.intent)
            and rows.by_intent(change.connection, order.intent) is None
        ):
            order = replace(order, intent=order.intent + "x")
        return original(change, order, code)

    swap(stack, rows, "put", put)


def m6(stack: ExitStack) -> None:
    original = rows.claim

    def claim(change: Change, number: int, owner: str) -> Any:
        change.connection.exec_driver_sql("UPDATE outbox SET ready_at = 0")
        return original(change, number, owner)

    swap(stack, rows, "claim", claim)
    swap(
        stack,
        rows,
        "due",
        lambda connection, _now: [row.id for row in rows.rows(connection, rows.OUTBOX.c.state == "HELD")],
    )


def m7(stack: ExitStack) -> None:
    moves(stack, Stage.UNCERTAIN, Stage.HELD)

    def settle(desk: Any, row: Any) -> bool:
        if reconcile.evidence_of(desk, row):
            return True
        with desk.store.write() as change:
            return rows.transition(change, row.id, Stage.UNCERTAIN, Stage.HELD, code="not_in_sent")

    swap(stack, reconcile, "_settle", settle)
    swap(stack, budgets, "exhausted", lambda *_: None)


def m8(stack: ExitStack) -> None:
    moves(stack, Stage.SUBMITTING, Stage.CANCELLED)
    swap(stack, rows, "UNDOABLE", rows.UNDOABLE | {Stage.SUBMITTING})


def m9(stack: ExitStack) -> None:
    original = audit.row_hash
    swap(stack, audit, "row_hash", lambda prev, row: row.hash or original(prev, row))


def only_one_account(stack: ExitStack) -> None:
    original = last_look.look
    swap(stack, outbox, "look", lambda desk, seat: original(replace(desk, seats=desk.seats[:1]), seat))


def any_bytes(stack: ExitStack) -> None:
    swap(stack, freeze, "digest", lambda _raw: "same")


def free_of_charge(stack: ExitStack) -> None:
    swap(stack, budgets, "take", lambda *_: None)


def deaf_to_pauses(stack: ExitStack) -> None:
    swap(stack, budgets, "paused", lambda *_: None)


def no_fence(stack: ExitStack) -> None:
    original = rows.submit

    def submit(change: Change, claim: Any, *rest: Any) -> str:
        row = rows.one(change.connection, claim.number)
        assert row is not None
        return original(change, replace(claim, fence=row.fence), *rest)

    swap(stack, rows, "submit", submit)


def hand_blind(stack: ExitStack) -> None:
    original = case.since_approval
    swap(stack, case, "since_approval", lambda *args: replace(original(*args), by_hand=False))


def news_blind(stack: ExitStack) -> None:
    swap(stack, case, "since_approval", lambda *_: News())


def cheap_raise(stack: ExitStack) -> None:
    swap(stack, switches, "is_raise", lambda *_: False)


def never_late(stack: ExitStack) -> None:
    swap(stack, rows, "STALE_AFTER", scenarios.timedelta(days=900))


def always_same_life(stack: ExitStack) -> None:
    swap(stack, settings, "same_life", lambda _store: True)


def undo_unheard(stack: ExitStack) -> None:
    original = rows.cancel

    def cancel(change: Change, number: int, **more: Any) -> str:
        said = original(change, number, **more)
        change.connection.exec_driver_sql("UPDATE outbox SET cancel_requested = 0")
        return said

    swap(stack, rows, "cancel", cancel)


def talkative_gate(stack: ExitStack) -> None:
    swap(stack, gate, "CHECKS", {**gate.CHECKS, "facts": lambda _case, _now: Check("facts", ALLOW, "x", "Fine.")})


def stale_looks(stack: ExitStack) -> None:
    swap(stack, outbox, "FRESH_SECONDS", 1e9)
    swap(stack, gate, "CHECKS", {**gate.CHECKS, "look": lambda _case, _now: Check("look", ALLOW, "x", "Fine.")})


def sent_is_forgotten(stack: ExitStack) -> None:
    def known(desk: Any, change: Change, seen: Any, row: Any, actor: str, *, at_once: bool) -> Any:
        return original(desk, change, seen, replace(row, state="CANCELLED", code=""), actor, at_once=at_once)

    original = actions._known
    swap(stack, actions, "_known", known)
    swap(stack, actions, "_sent_twin", lambda *_: None)


def eager_to_please(stack: ExitStack) -> None:
    """Writes to whoever asks for it in Reply-To."""
    from agent.sending import compose

    swap(stack, compose, "people", lambda *_: (compose.Address("evil@z.example"),))
    swap(stack, case, "allowed", lambda *_: frozenset({"evil@z.example"}))


def origin_by_from(stack: ExitStack) -> None:
    """Whatever bears an own address is the user's."""
    swap(stack, origins, "origin_of", lambda mail, door, **_: (
        Origin.SENT if mail.sender is not None and mail.sender.key in door.own else Origin.OTHER
    ))  # fmt: skip


def any_server_vouches(stack: ExitStack) -> None:
    """A pass is a pass, whoever wrote it and about whomever."""
    swap(stack, origin, "vouched", lambda mail, _server: "=pass" in mail.header("authentication-results"))


def delivered_is_sent(stack: ExitStack) -> None:
    """What lies in Sent was sent, however it got there."""
    swap(stack, origin, "delivered", lambda *_: False)


def name_is_enough(stack: ExitStack) -> None:
    """A letter of ours is known by its name alone, which everybody who got it knows too."""
    swap(stack, origins, "same_letter", lambda *_: True)


def without_inbox(stack: ExitStack) -> None:
    """A list of folders without INBOX is as good as any."""
    swap(stack, imap_server, "with_inbox", lambda listed: listed)


def continues_the_newest(stack: ExitStack) -> None:
    """The letter goes on from the newest mail in the user's name, not from the one that was judged."""
    from agent.sending import compose

    def newest(_desk: Any, _followup: Any, thread: Any) -> Any:
        return next((mail for mail in reversed(thread.mails) if mail.mine or mail.claimed), None)

    for module in (compose, case, since_approval):
        swap(stack, module, "basis_of", newest)
    swap(stack, people, "recipients", lambda mail, _own, _known=(): people.Recipients(mail.to, ()))
    for module in (compose, case):
        swap(stack, module, "recipients", people.recipients)
    swap(stack, case, "_continues", lambda *_: True)
    swap(stack, summary, "unvouched", lambda *_: None)
    swap(stack, gate, "CHECKS", {**gate.CHECKS, "origin": lambda _case, _now: Check("origin", ALLOW, "x", "Fine.")})


def junk_is_not_read(stack: ExitStack) -> None:
    original = arrival.apply_page

    def apply_page(store: Any, change: Any, account: int, page: Any) -> int:
        kept = tuple(mail for mail in page.mails if mail.role is not Role.JUNK)
        return original(store, change, account, replace(page, mails=kept))

    swap(stack, arrival, "apply_page", apply_page)


def one_address_a_person(stack: ExitStack) -> None:
    swap(stack, since_approval, "_other_addresses", lambda *_: set())
    swap(stack, asked_by_judge, "names_of_writers", lambda *_: iter(()))


def reports_stand_alone(stack: ExitStack) -> None:
    swap(stack, threads, "returned", lambda _mail: ())


def a_prompt_among_forged_mail() -> list[str]:
    """What a model that obeys made of forged mail; the words it was asked with are not looked at."""
    return prompted.forged_in_the_prompt()[0]


def planner_forgets(stack: ExitStack) -> None:
    def states(connection: Connection, threads: Iterable[int]) -> tuple[set[int], dict[followups.Same, str]]:
        return {row.thread_id for number in threads for row in followups.of_thread(connection, number)}, {}

    swap(stack, followups, "states", states)
    swap(stack, followups, "SAME", (*followups.SAME, "revision"))
    swap(stack, actions, "_sent_twin", lambda *_: None)


def undo_revives(stack: ExitStack) -> None:
    original = rows.cancel

    def cancel(change: Change, number: int, **more: Any) -> str:
        return original(change, number, **more).removesuffix("_before")

    swap(stack, rows, "cancel", cancel)


def overtaken_unseen(stack: ExitStack) -> None:
    swap(stack, since_approval, "_before", lambda *_: True)


def opt_out_forgotten(stack: ExitStack) -> None:
    swap(stack, since_approval, "_forbidden", lambda *_: ("", False))


def away_is_an_answer(stack: ExitStack) -> None:
    keep = condensing.summarise
    swap(stack, condensing, "summarise", lambda *args, **named: (
        replace(found, blocked="answered") if (found := keep(*args, **named)).meaning == "away" else found
    ))  # fmt: skip


def away_is_nothing(stack: ExitStack) -> None:
    keep = condensing.summarise
    swap(stack, condensing, "summarise", lambda *args, **named: (
        replace(found, meaning="", until="", clock=found.last_own)
        if (found := keep(*args, **named)).meaning in {"away", "later"} else found
    ))  # fmt: skip
    compared = since_approval._compare
    swap(stack, since_approval, "_compare", lambda *args, **named: replace(
        (found := compared(*args, **named)), answers=tuple(one for one in found.answers if one not in {"away", "later"})
    ))  # fmt: skip


def restored_goes_on(stack: ExitStack) -> None:
    swap(stack, case, "_from_before", lambda *_: False)


def absence_strands(stack: ExitStack) -> None:
    original = meeting.met
    stranded = lambda news, **_: original(news, may_have_left=True)  # noqa: E731
    swap(stack, outbox, "met", stranded)


def absence_trusted(stack: ExitStack) -> None:
    swap(stack, case, "_put_off", lambda *_: ())


def exits_come_last(stack: ExitStack) -> None:
    """Once a touch is due it stays due, whatever came."""
    original = silence.over

    def stays(change, thread, verdict, said):  # type: ignore[no-untyped-def]
        due = any(row.state in {"quiet", "drafted"} for row in followups.of_thread(change.connection, thread))
        return iter(()) if due else original(change, thread, verdict, said)

    for module in (judge, silence):
        swap(stack, module, "over", stays)


def hand_is_no_touch(stack: ExitStack) -> None:
    keep = condensing.summarise
    swap(stack, condensing, "summarise", lambda *args, **named: (
        replace(found, touches=0, clock=args[0].mails[0].at.isoformat())
        if (found := keep(*args, **named)).touches else found
    ))  # fmt: skip


def plan_without_end(stack: ExitStack) -> None:
    keep = condensing.summarise
    swap(stack, condensing, "summarise", lambda *args, **named: (
        replace(found, touches=min(found.touches, 1)) if (found := keep(*args, **named)) else found
    ))  # fmt: skip


MUTANTS: dict[str, tuple[str, Patches, Callable[[], list[str]]]] = {
    "M1": ("a submitted letter is queued again after a crash", m1, scenarios.killed_while_submitting),
    "M2": ("an unknown outcome is tried again", m2, scenarios.no_answer_from_the_server),
    "M3": ("no last look", m3, scenarios.an_answer_nobody_synced),
    "M4": ("a step is missing in the log", m4, scenarios.every_step_is_logged),
    "M5": ("an intent is unique only while it lives", m5, scenarios.the_same_intent_twice),
    "M6": ("the hold is ignored", m6, scenarios.the_hold_is_kept),
    "M7": ("not in Sent is taken for not sent", m7, scenarios.no_answer_from_the_server),
    "M8": ("undo of a letter that is being sent", m8, scenarios.an_undo_too_late_says_so),
    "M9": ("the chain of the log is not checked", m9, tamper.quick),
    "A1": ("only one account is looked at", only_one_account, scenarios.an_answer_in_the_other_account),
    "A2": ("the approval is not bound to the bytes", any_bytes, scenarios.an_approval_of_another_text),
    "A3": ("budgets are not taken", free_of_charge, scenarios.caps_hold),
    "A4": ("pauses are not read", deaf_to_pauses, scenarios.a_pause_holds),
    "A5": ("the fence is not compared", no_fence, scenarios.a_worker_that_was_overtaken),
    "A6": ("mail written by hand is not seen", hand_blind, scenarios.writing_by_hand_stops_it),
    "A7": ("raising a level needs no word", cheap_raise, scenarios.raising_takes_the_word),
    "A8": ("nothing is ever too late", never_late, scenarios.a_day_late_is_not_sent),
    "A9": ("a copied home goes on", always_same_life, scenarios.a_copied_home_stays_quiet),
    "A10": ("an undo during preparation is lost", undo_unheard, scenarios.an_undo_in_time_is_honoured),
    "A11": ("the gate does not hear the facts", talkative_gate, scenarios.autopilot_keeps_doubtful_texts),
    "A12": ("an old look is good enough", stale_looks, scenarios.a_look_is_never_old),
    "A13": ("what was sent may be approved again", sent_is_forgotten, scenarios.approving_what_was_sent),
    "A14": ("a stranger becomes the recipient", eager_to_please, scenarios.a_stranger_is_never_written_to),
    "C1": ("origin by From", origin_by_from, forged.quick),
    "C2": ("a pass is a pass, whoever wrote it", any_server_vouches, forged.quick),
    "C3": ("delivered into Sent is sent", delivered_is_sent, forged.quick),
    "C4": ("a letter is known by its name alone", name_is_enough, forged.a_forged_copy_of_our_letter),
    "C5": ("the letter continues the newest", continues_the_newest, forged.quick),
    "C6": ("a look without INBOX", without_inbox, forged.a_look_without_inbox),
    "C7": ("a stranger is an example for the model", origin_by_from, a_prompt_among_forged_mail),
    "B1": ("mail in Junk is not read", junk_is_not_read, judged.an_answer_in_junk),
    "B2": ("a person has one address", one_address_a_person, judged.an_answer_from_another_address),
    "B3": ("a bounce is a thread of its own", reports_stand_alone, judged.a_bounce_that_names_the_letter_only_inside),
    "B4": ("the planner forgets what was approved anew", planner_forgets, judged.approving_anew_is_one_letter),
    "B5": ("undo revives what has ended", undo_revives, judged.undo_twice_revives_nothing),
    "B6": ("a draft outlives a mail by hand", overtaken_unseen, judged.approving_what_the_user_overtook),
    "B7": ("an opt-out is an answer like others", opt_out_forgotten, judged.an_opt_out_holds_for_ever),
    "B8": ("an absence is an answer", away_is_an_answer, judged.an_absence_only_moves_the_clock),
    "B9": ("an absence is nothing", away_is_nothing, judged.an_absence_only_moves_the_clock),
    "B10": ("exits are checked after what is due", exits_come_last, judged.an_answer_takes_its_draft_away),
    "B11": ("a mail by hand is no touch", hand_is_no_touch, judged.a_mail_by_hand_is_a_touch),
    "B12": ("the plan has no end", plan_without_end, judged.the_plan_ends),
    "B13": ("autopilot goes on after an absence", absence_trusted, judged.an_absence_only_moves_the_clock),
    "A16": ("what a restored store takes for open leaves", restored_goes_on, scenarios.a_restored_draft_is_held),
    "A17": ("an absence strands a letter", absence_strands, scenarios.an_absence_takes_it_back),
    "A15": ("news after the approval is not compared", news_blind, scenarios.an_answer_nobody_synced),
}


@contextmanager
def planted(name: str) -> Iterator[None]:
    with ExitStack() as stack:
        MUTANTS[name][1](stack)
        yield


def hunt(name: str) -> list[str]:
    """What the story says about the bug; nothing means it got away."""
    _, _, story = MUTANTS[name]
    with planted(name):
        try:
            return story()
        except Exception as problem:
            return [f"stopped by {type(problem).__name__}: {problem}"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()
    escaped = 0
    began = time.monotonic()
    for name, (bug, _, story) in MUTANTS.items():
        if chosen.only and name != chosen.only:
            continue
        sound, found = story(), hunt(name)
        escaped += bool(sound) or not found
        said = found[0] if found else "ESCAPED"
        print(f"{name:4} {bug}: {story.__module__.rpartition('.')[2]}.{story.__name__} says: {said[:110]}")
        if sound:
            print(f"     the story fails without the bug too: {sound[0]}")
    print(f"{len(MUTANTS)} planted bugs, {escaped} not caught, {time.monotonic() - began:.0f} s")
    return 1 if escaped else 0


if __name__ == "__main__":
    sys.exit(main())
