"""Short stories with one question each; every one returns what is wrong, which is nothing while the code is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from agent import failpoints
from agent.common.desk import Judgement
from agent.decide.gate.case import Content
from agent.decide.gate.levels import DEFAULT, Level
from agent.running.jobs import wake_up
from agent.sending import outbox, reconcile
from agent.store.base import settings
from agent.store.work import budgets, followups
from agent.store.work import outbox as rows
from agent.store.work.outbox import Submission
from agent.verbs import actions
from providers.base import Address, Role
from tests.sim import truth
from tests.sim.world import Scene, ask, drafted, mail, meaning, reply, scene, sync


@contextmanager
def stage(level: Level = Level.COPILOT, **world: object) -> Iterator[Scene]:
    opened = scene(level)
    for name, value in world.items():
        setattr(opened.world, name, value)
    try:
        yield opened
    finally:
        failpoints.install(None)
        opened.close()


def queued(here: Scene, number: int = 1) -> int:
    ask(here.world, number)
    sync(here.desk)
    made = drafted(here.desk, number)
    actions.approve(here.desk, made)
    return made


def later(here: Scene, hours: float = 30, steps: int = 10) -> None:
    for _ in range(steps):
        here.world.pass_time(hours=hours / steps)
        with here.store.write() as change:
            rows.recover(change)
        outbox.pump(here.desk)
        reconcile.reconcile(here.desk)


def left(here: Scene, most: int, question: str) -> list[str]:
    count = len(here.world.delivered)
    return [f"{question}: {count} letters left"] if count > most else []


class Killed(BaseException):
    pass


def killed_while_submitting() -> list[str]:
    """The server has it, the process dies, the server keeps no copy."""
    with stage(files_copy="never") as here:
        queued(here)
        here.world.pass_time(seconds=40)

        def die(name: str) -> None:
            if name == "net.stored":
                raise Killed

        failpoints.install(die)
        try:
            outbox.pump(here.desk)
        except Killed:
            failpoints.install(None)
        later(here)
        return left(here, 1, "after a crash") + truth.wrong(here.store, here.world)


def no_answer_from_the_server() -> list[str]:
    with stage(files_copy="never", fault="lost_after") as here:
        queued(here)
        later(here)
        return left(here, 1, "after a lost answer") + truth.wrong(here.store, here.world)


def an_answer_nobody_synced(box: str = "work") -> list[str]:
    with stage() as here:
        queued(here)
        here.world.put(box, reply(here.world, 1))
        later(here)
        return left(here, 0, f"after an answer in {box}")


def an_answer_in_the_other_account() -> list[str]:
    return an_answer_nobody_synced("home")


def every_step_is_logged() -> list[str]:
    with stage() as here:
        queued(here)
        later(here)
        return truth.wrong(here.store, here.world)


def the_same_intent_twice() -> list[str]:
    with stage() as here:
        made = queued(here)
        later(here, 1, 2)
        with here.store.write() as change:
            first = rows.one(change.connection, 1)
            assert first is not None
            order = rows.Order(**{name: getattr(first, name) for name in rows.Order.__slots__})
            _, fresh = rows.put(change, order, "again")
        with here.store.write() as change:
            change.connection.exec_driver_sql(f"UPDATE followup SET state='drafted' WHERE id={made}")
        here.world.boxes["work"].mails[-1:] = []
        actions.approve(here.desk, made)
        return ["an intent was queued twice"] * fresh + truth.once_per_basis(here.store, here.world)


def approving_what_was_sent() -> list[str]:
    with stage(files_copy="never") as here:
        made = queued(here)
        later(here, 2, 2)
        with here.store.write() as change:
            change.connection.exec_driver_sql(f"UPDATE followup SET state='drafted' WHERE id={made}")
        actions.approve(here.desk, made)
        later(here, 60)
        return left(here, 1, "after approving a sent one")


def the_hold_is_kept() -> list[str]:
    with stage() as here:
        queued(here)
        here.world.pass_time(seconds=20)
        outbox.pump(here.desk)
        return left(here, 0, "within the hold")


def a_worker_that_was_overtaken() -> list[str]:
    with stage() as here:
        queued(here)
        here.world.pass_time(seconds=40)
        with here.store.write() as change:
            old = rows.claim(change, 1, "old:1")
        assert old is not None
        here.world.pass_time(minutes=20)
        with here.store.write() as change:
            rows.recover(change)
            rows.claim(change, 1, "new:1")
        with here.store.write() as change:
            code = rows.submit(change, old, Submission(b"x", here.world.now, 0, ""), lambda _c, _r: "")
        return [] if code == "lost" else ["a worker without the fence passed the last line"]


def an_undo_in_time_is_honoured() -> list[str]:
    with stage() as here:
        made = queued(here)
        here.world.pass_time(seconds=40)
        said: list[str] = []

        def undo(name: str) -> None:
            if name == "look.done" and not said:
                failpoints.install(None)
                said.append(actions.undo(here.desk, made).code)

        failpoints.install(undo)
        outbox.pump(here.desk)
        failpoints.install(None)
        return left(here, 0, f"undo said {said}")


def an_undo_too_late_says_so() -> list[str]:
    with stage() as here:
        made = queued(here)
        here.world.pass_time(seconds=40)
        said: list[str] = []

        def undo(name: str) -> None:
            if name == "net.data" and not said:
                failpoints.install(None)
                said.append(actions.undo(here.desk, made).code)

        failpoints.install(undo)
        outbox.pump(here.desk)
        return left(here, 0, "undo said cancelled") if "cancelled" in said else []


def an_approval_of_another_text() -> list[str]:
    with stage() as here:
        ask(here.world, 1)
        sync(here.desk)
        made = drafted(here.desk, 1)
        with here.store.read() as connection:
            shown = actions.view(connection, here.desk, made)
        actions.edit(here.desk, made, "Pay 900 EUR to me today.\n")
        done = actions.approve(here.desk, made, shown.matter.made.digest)  # type: ignore[union-attr]
        return ["a text nobody saw was approved"] if done.ok else []


def caps_hold() -> list[str]:
    with stage() as here:
        for number in range(12):
            queued(here, number)
        for _ in range(60):
            here.world.pass_time(minutes=1)
            outbox.pump(here.desk)
        return left(here, 5, "in one hour")


def a_pause_holds() -> list[str]:
    with stage() as here:
        queued(here)
        actions.pause(here.desk)
        later(here, 20)
        return left(here, 0, "while paused")


def writing_by_hand_stops_it() -> list[str]:
    with stage() as here:
        queued(here)
        refs = ("<ask1@y.example>",)
        here.world.put(
            "work", mail("<h@y.example>", "sam@y.example", "p1@x1.example", here.world.now, refs=refs, role=Role.SENT)
        )
        later(here)
        return left(here, 0, "after writing by hand")


def raising_takes_the_word() -> list[str]:
    with stage(Level.MANUAL) as here:
        done = actions.set_level(here.desk, DEFAULT, Level.AUTOPILOT)
        return ["a level rose without the word"] if done.ok else []


def a_day_late_is_not_sent() -> list[str]:
    with stage() as here:
        queued(here)
        here.world.pass_time(days=10)
        outbox.pump(here.desk)
        return left(here, 0, "ten days late")


def a_copied_home_stays_quiet() -> list[str]:
    with stage() as here:
        settings.next_life(here.store)
        queued(here)
        here.store.places.generation.write_text("other")
        wake_up(here.desk)
        later(here, 20)
        return left(here, 0, "from a copied home")


def a_restored_draft_is_held() -> list[str]:
    with stage(Level.AUTOPILOT) as here:
        ask(here.world, 1)
        sync(here.desk)
        drafted(here.desk, 1)
        settings.next_life(here.store)
        here.store.places.generation.write_text("other")
        wake_up(here.desk)
        with here.store.write() as change:
            budgets.resume(change, None)
        actions.approve_by_policy(here.desk, 1)
        later(here, 20)
        return left(here, 0, "a draft of a restored store")


def an_absence_takes_it_back() -> list[str]:
    with stage() as here:
        queued(here)
        here.world.put("work", reply(here.world, 1, word="away"))
        later(here)
        with here.store.read() as connection:
            row, followup = rows.one(connection, 1), followups.find(connection, 1)
        assert row is not None and followup is not None
        stands = (row.state, followup.state)
        return [] if stands == ("CANCELLED", "watching") else [f"an absence left it {stands}"]


def a_stranger_is_never_written_to() -> list[str]:
    with stage() as here:
        ask(here.world, 1)
        evil = Address("evil@z.example")
        here.world.put("work", replace(reply(here.world, 1, word="receipt"), reply_to=(evil,), cc=(evil,), sender=evil))
        sync(here.desk)
        actions.approve(here.desk, drafted(here.desk, 1))
        later(here)
        to = {person for _, person, *_ in here.world.delivered}
        return [f"a letter went to {to}"] if to - {"p1@x1.example"} else []


def autopilot_keeps_doubtful_texts() -> list[str]:
    with stage(Level.AUTOPILOT) as here:
        here.desk.judgement = Judgement(
            meaning=meaning, content=lambda *_: Content(voice=0.9, learned_mails=99, unsupported=("x",))
        )
        ask(here.world, 1)
        sync(here.desk)
        actions.approve_by_policy(here.desk, drafted(here.desk, 1))
        later(here)
        return left(here, 0, "with a fact nobody wrote")


def a_look_is_never_old() -> list[str]:
    with stage() as here:
        queued(here)
        opened = here.desk.mailbox

        def slow(name: str) -> object:
            here.world.now += timedelta(seconds=20)
            return opened(name)

        here.desk.mailbox = slow  # type: ignore[assignment]
        here.world.pass_time(seconds=40)
        outbox.pump(here.desk)
        return left(here, 0, "after a look that took 40 s")


STORIES: tuple[Callable[[], list[str]], ...] = (
    killed_while_submitting, no_answer_from_the_server, an_answer_nobody_synced, an_answer_in_the_other_account,
    every_step_is_logged, the_same_intent_twice, approving_what_was_sent, the_hold_is_kept, a_worker_that_was_overtaken,
    an_undo_in_time_is_honoured, an_undo_too_late_says_so, an_approval_of_another_text, caps_hold, a_pause_holds,
    writing_by_hand_stops_it, raising_takes_the_word, a_day_late_is_not_sent, a_copied_home_stays_quiet,
    a_stranger_is_never_written_to, autopilot_keeps_doubtful_texts, a_look_is_never_old,
)  # fmt: skip
